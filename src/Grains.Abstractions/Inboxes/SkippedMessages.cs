using ImOrleans.Domain.Conversations;

namespace ImOrleans.Grains.Abstractions.Inboxes;

/// <summary>
/// A stretch of a conversation that a device has not received and will not: it is in the history only.
/// </summary>
/// <param name="Key">Which conversation.</param>
/// <param name="AfterSeq">It begins behind this number.</param>
/// <param name="BeforeSeq">It ends before this number.</param>
[GenerateSerializer, Immutable, Alias("im.SkippedMessages")]
public readonly record struct SkippedMessages(
    [property: Id(0)] ConversationKey Key,
    [property: Id(1)] long AfterSeq,
    [property: Id(2)] long BeforeSeq);
