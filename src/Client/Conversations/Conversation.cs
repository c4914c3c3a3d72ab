namespace ImOrleans.Client;

/// <summary>A conversation as a <see cref="ConversationStore"/> had it at one moment.</summary>
/// <param name="Type">The kind of the conversation.</param>
/// <param name="TargetId">The other user, or the group.</param>
/// <param name="Messages">
/// In the order of their numbers, each once. Numbers that are missing and in no gap are of messages for others.
/// </param>
/// <param name="Gaps">Where there may be messages that are not here: in order, none touches another.</param>
public sealed record Conversation(
    ConversationType Type, string TargetId, IReadOnlyList<ConversationMessage> Messages, IReadOnlyList<MessageGap> Gaps);
