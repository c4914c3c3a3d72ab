namespace ImOrleans.Domain.Identifiers;

/// <summary>A lock of a channel: 1 to 64 bytes, printable (row R32).</summary>
[GenerateSerializer, Immutable, Alias("im.LockName")]
public readonly record struct LockName([property: Id(0)] string Value)
{
    /// <summary>Accepts <paramref name="text"/> when it is a well-formed identifier.</summary>
    public static bool TryParse(string? text, out LockName id)
    {
        var accepted = IdentifierRules.IsLockName(text);
        id = accepted ? new(text!) : default;
        return accepted;
    }

    /// <inheritdoc />
    public override string ToString() => Value;
}
