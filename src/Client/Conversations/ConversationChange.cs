namespace ImOrleans.Client;

/// <summary>A conversation of a <see cref="ConversationStore"/> has changed.</summary>
/// <param name="Type">The kind of the conversation.</param>
/// <param name="TargetId">The other user, or the group.</param>
/// <param name="Added">The messages that are new, in the order of their numbers; they may lie between others.</param>
/// <param name="Gaps">All gaps that it has now.</param>
public sealed record ConversationChange(
    ConversationType Type, string TargetId, IReadOnlyList<ConversationMessage> Added, IReadOnlyList<MessageGap> Gaps) : FeedItem
{
    /// <summary>
    /// Whether the store has let it go, since there were more than <see
    /// cref="ConversationStoreOptions.ConversationsMax"/>.
    /// </summary>
    public bool IsForgotten { get; init; }
}
