using System.Collections.Immutable;

namespace ImOrleans.Domain.Conversations;

/// <summary>One conversation of a user.</summary>
/// <param name="Key">Which.</param>
/// <param name="JoinedSeq">The user sees messages of greater numbers.</param>
/// <param name="LeftSeq">The last message that the user sees, when it has left; null while it is in it.</param>
/// <param name="ReadSeq">How far the user has read; it sees its own messages as read.</param>
/// <param name="Head">How far the conversation has got.</param>
[GenerateSerializer, Immutable, Alias("im.ConversationEntry")]
public sealed record ConversationEntry(
    [property: Id(0)] ConversationKey Key,
    [property: Id(1)] long JoinedSeq,
    [property: Id(2)] long? LeftSeq,
    [property: Id(3)] long ReadSeq,
    [property: Id(4)] ConversationHead Head)
{
    /// <summary>The same, of what a store knows of a user in a conversation.</summary>
    /// <param name="key">Which.</param>
    /// <param name="stays">When the user was in it.</param>
    /// <param name="readSeq">How far the user has read.</param>
    /// <param name="head">How far the conversation has got.</param>
    public ConversationEntry(ConversationKey key, Stays stays, long readSeq, ConversationHead head)
        : this(key, stays.JoinedSeq, stays.LeftSeq, readSeq, head) => Absences = stays.Absences;

    /// <summary>What the user does not see in between, in order: it was not in the conversation then.</summary>
    [Id(5)]
    public ImmutableArray<Absence> Absences { get; init; } = [];

    /// <summary>When the user was in it.</summary>
    public Stays Stays => new(JoinedSeq, LeftSeq, Absences.IsDefault ? [] : Absences);

    /// <summary>The last message that the user may see.</summary>
    public long EndSeq => LeftSeq ?? Head.Seq;
}
