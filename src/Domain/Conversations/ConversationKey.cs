using System.Collections.Immutable;
using ImOrleans.Domain.Identifiers;

namespace ImOrleans.Domain.Conversations;

/// <summary>
/// Names a conversation, the same for all who are in it: <c>p:1:a1:b</c> of the users a and b, <c>g:4:team</c> of a group.
/// It is the key of its grain and of its rows.
/// </summary>
[GenerateSerializer, Immutable, Alias("im.ConversationKey")]
public readonly record struct ConversationKey
{
    private ConversationKey(string value) => Value = value;

    /// <summary>The key as text; never null.</summary>
    [field: Id(0)]
    public string Value { get => field ?? ""; private init; }

    /// <summary>The kind of the conversation.</summary>
    public ConversationType Type => Value is [var kind, ..] ? TypeOf(kind) : default;

    /// <summary>Two users, whoever of them begins. One may write to oneself.</summary>
    public static ConversationKey Private(UserId one, UserId other)
    {
        // By their bytes, so that every silo puts them in the same order.
        var (first, second) = string.CompareOrdinal(one.Value, other.Value) <= 0 ? (one, other) : (other, one);
        return new(GrainKey.Join('p', first.Value, second.Value));
    }

    public static ConversationKey Group(GroupId group) => new(GrainKey.Join('g', group.Value));

    public static ConversationKey Discussion(GroupId discussion) => new(GrainKey.Join('c', discussion.Value));

    /// <summary>What <paramref name="sender"/> tells <paramref name="receiver"/> in the name of the app.</summary>
    public static ConversationKey System(UserId sender, UserId receiver) =>
        new(GrainKey.Join('y', sender.Value, receiver.Value));

    /// <summary>Reads a key back from its text.</summary>
    /// <exception cref="FormatException">The text is no key of a conversation.</exception>
    public static ConversationKey Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length == 0 || TypeOf(text[0]) is not (var type and not default(ConversationType)))
            throw new FormatException($"'{text}' is not the key of a conversation.");
        var parts = GrainKey.Split(text[0], text);
        if (parts.Count != (type is ConversationType.Private or ConversationType.System ? 2 : 1))
            throw new FormatException($"'{text}' has a wrong number of parts.");
        return new(text);
    }

    /// <summary>The id by which <paramref name="viewer"/> calls it: the other user, the group, or the sender.</summary>
    /// <exception cref="ArgumentException">Neither of two users is the viewer.</exception>
    public string TargetFor(UserId viewer)
    {
        var parts = GrainKey.Split(Value[0], Value);
        if (parts.Count == 1)
            return parts[0];
        return parts[0] == viewer.Value ? parts[1]
            : parts[1] == viewer.Value ? parts[0]
            : throw new ArgumentException($"{viewer} is not in {Value}.", nameof(viewer));
    }

    /// <summary>
    /// Who is in a private or system conversation, each once; nobody for others, whose members the store knows.
    /// </summary>
    public ImmutableArray<UserId> Parties => Type is ConversationType.Private or ConversationType.System
        ? [.. GrainKey.Split(Value[0], Value).Distinct(StringComparer.Ordinal).Select(id => new UserId(id))]
        : [];

    /// <inheritdoc />
    public override string ToString() => Value;

    private static ConversationType TypeOf(char kind) => kind switch
    {
        'p' => ConversationType.Private,
        'c' => ConversationType.Discussion,
        'g' => ConversationType.Group,
        'y' => ConversationType.System,
        _ => default,
    };
}
