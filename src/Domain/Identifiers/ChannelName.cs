namespace ImOrleans.Domain.Identifiers;

/// <summary>A channel: 1 to 64 bytes of the characters of row R3, not starting with an underscore.</summary>
[GenerateSerializer, Immutable, Alias("im.ChannelName")]
public readonly record struct ChannelName([property: Id(0)] string Value)
{
    /// <summary>Accepts <paramref name="text"/> when it is a well-formed identifier.</summary>
    public static bool TryParse(string? text, out ChannelName id)
    {
        var accepted = IdentifierRules.IsChannelName(text);
        id = accepted ? new(text!) : default;
        return accepted;
    }

    /// <summary>A channel of the server's own, which no client can name.</summary>
    /// <param name="name">What it is called behind an underscore.</param>
    public static ChannelName Reserved(string name) => new("_" + name);

    /// <summary>True for a channel of the server's own.</summary>
    public bool IsReserved => Value is ['_', ..];

    /// <inheritdoc />
    public override string ToString() => Value;
}
