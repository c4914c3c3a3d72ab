namespace ImOrleans.Domain.Identifiers;

/// <summary>A device of a user: 1 to 64 bytes of printable text, chosen by the client.</summary>
[GenerateSerializer, Immutable, Alias("im.DeviceId")]
public readonly record struct DeviceId([property: Id(0)] string Value)
{
    /// <summary>Accepts <paramref name="text"/> when it is a well-formed identifier.</summary>
    public static bool TryParse(string? text, out DeviceId id)
    {
        var accepted = IdentifierRules.IsDeviceId(text);
        id = accepted ? new(text!) : default;
        return accepted;
    }

    /// <inheritdoc />
    public override string ToString() => Value;
}
