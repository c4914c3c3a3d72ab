using System.Collections.Immutable;
using ImOrleans.Domain.Conversations;
using ImOrleans.Domain.Identifiers;

namespace ImOrleans.Gateway.Sessions;

/// <summary>Messages of one conversation, for sessions that have all before them.</summary>
/// <param name="conversation">Which.</param>
/// <param name="viewer">Who gets them: one user, or all members of a group who sent none of them.</param>
/// <param name="messages">In their order, one at least.</param>
/// <param name="ackToken">What acknowledges them and all before.</param>
internal sealed class ConversationMessagesEvent(
    ConversationKey conversation, UserId viewer, ImmutableArray<StoredMessage> messages, string ackToken) : SessionEvent
{
    public ConversationKey Conversation { get; } = conversation;

    public UserId Viewer { get; } = viewer;

    public ImmutableArray<StoredMessage> Messages { get; } = messages;

    public string AckToken { get; } = ackToken;

    public override int Bytes { get; } = 128 + messages.Sum(message => message.Message.Bytes);

    public override int Count => Messages.Length;

    /// <summary>What is not acknowledged is pulled after a reconnect, and not written again.</summary>
    public override bool IsCounted => false;

    public override bool IsOfConnection => true;
}
