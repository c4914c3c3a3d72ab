using ImOrleans.Domain.Conversations;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Domain.Messages;

namespace ImOrleans.Gateway.Sessions;

/// <summary>A status message of a conversation: it is not stored, and there is nothing to acknowledge.</summary>
/// <param name="conversation">Which.</param>
/// <param name="viewer">Who gets it: one user, or all members of a group but its sender.</param>
/// <param name="message">The message, with the number 0.</param>
internal sealed class ConversationStatusEvent(ConversationKey conversation, UserId viewer, StoredMessage message) : SessionEvent
{
    public ConversationKey Conversation { get; } = conversation;

    public UserId Viewer { get; } = viewer;

    public StoredMessage Message { get; } = message;

    public override int Bytes => 128 + Message.Message.Bytes;

    public override MessagePriority? Priority => MessagePriority.Low;

    /// <summary>It means nothing to a client that was away.</summary>
    public override bool IsCounted => false;

    public override bool IsOfConnection => true;
}
