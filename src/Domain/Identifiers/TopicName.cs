namespace ImOrleans.Domain.Identifiers;

/// <summary>
/// A topic of a stream channel: 1 to 64 bytes, printable, no leading underscore, none of <c>. * / \\</c> (row R24).
/// </summary>
[GenerateSerializer, Immutable, Alias("im.TopicName")]
public readonly record struct TopicName([property: Id(0)] string Value)
{
    /// <summary>Accepts <paramref name="text"/> when it is a well-formed identifier.</summary>
    public static bool TryParse(string? text, out TopicName id)
    {
        var accepted = IdentifierRules.IsTopicName(text);
        id = accepted ? new(text!) : default;
        return accepted;
    }

    /// <inheritdoc />
    public override string ToString() => Value;
}
