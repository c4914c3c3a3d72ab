namespace ImOrleans.Client;

/// <summary>New messages of one conversation, for a device that has all before them.</summary>
/// <param name="Messages">In their order.</param>
/// <param name="AckToken">What <see cref="RtmConversations.AcknowledgeAsync"/> takes once they are safe with the app.</param>
public sealed record PushedMessages(IReadOnlyList<ConversationMessage> Messages, string AckToken) : FeedItem;
