namespace ImOrleans.Domain.Identifiers;

/// <summary>An account: 1 to 64 bytes of the characters of row R2, no space at the ends.</summary>
[GenerateSerializer, Immutable, Alias("im.UserId")]
public readonly record struct UserId([property: Id(0)] string Value)
{
    /// <summary>Accepts <paramref name="text"/> when it is a well-formed identifier.</summary>
    public static bool TryParse(string? text, out UserId id)
    {
        var accepted = IdentifierRules.IsUserId(text);
        id = accepted ? new(text!) : default;
        return accepted;
    }

    /// <inheritdoc />
    public override string ToString() => Value;
}
