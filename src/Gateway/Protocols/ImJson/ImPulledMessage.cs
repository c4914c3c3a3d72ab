using ImOrleans.Domain.Conversations;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Gateway.Sessions;

namespace ImOrleans.Gateway.Protocols.ImJson;

/// <summary>A message that the door has pulled for its client, which cannot pull by itself.</summary>
/// <param name="conversation">Of which conversation.</param>
/// <param name="viewer">Whose client it is.</param>
/// <param name="message">The message.</param>
internal sealed class ImPulledMessage(ConversationKey conversation, UserId viewer, StoredMessage message) : SessionEvent
{
    public ConversationKey Conversation { get; } = conversation;

    public UserId Viewer { get; } = viewer;

    public StoredMessage Message { get; } = message;

    public override int Bytes => 128 + Message.Message.Bytes;

    /// <summary>What was not acknowledged is pulled again.</summary>
    public override bool IsCounted => false;

    public override bool IsOfConnection => true;
}
