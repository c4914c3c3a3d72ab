namespace ImOrleans.Domain.Identifiers;

/// <summary>One incarnation of a gateway process. A restarted gateway is another one.</summary>
[GenerateSerializer, Immutable, Alias("im.GatewayId")]
public readonly record struct GatewayId([property: Id(0)] string Value)
{
    /// <inheritdoc />
    public override string ToString() => Value;
}
