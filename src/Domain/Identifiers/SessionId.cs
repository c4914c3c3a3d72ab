namespace ImOrleans.Domain.Identifiers;

/// <summary>One login of one device, unique for ever: the gateway's incarnation and a counter of its own.</summary>
[GenerateSerializer, Immutable, Alias("im.SessionId")]
public readonly record struct SessionId([property: Id(0)] GatewayId Gateway, [property: Id(1)] long Number)
{
    /// <inheritdoc />
    public override string ToString() => $"{Gateway.Value}/{Number}";
}
