namespace ImOrleans.Domain.Identifiers;

/// <summary>A group or a discussion: 1 to 64 bytes of printable text.</summary>
/// <remarks><b>Source:</b> feature row RC43.</remarks>
[GenerateSerializer, Immutable, Alias("im.GroupId")]
public readonly record struct GroupId([property: Id(0)] string Value)
{
    /// <summary>Accepts <paramref name="text"/> when it is a well-formed identifier.</summary>
    public static bool TryParse(string? text, out GroupId id)
    {
        var accepted = IdentifierRules.IsGroupId(text);
        id = accepted ? new(text!) : default;
        return accepted;
    }

    /// <inheritdoc />
    public override string ToString() => Value;
}
