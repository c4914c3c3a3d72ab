using ImOrleans.Domain.Conversations;
using ImOrleans.Domain.Identifiers;

namespace ImOrleans.Gateway.Sessions;

/// <summary>There is something to pull.</summary>
internal sealed class ConversationNoticeEvent(ConversationKey conversation, UserId user) : SessionEvent
{
    public ConversationType Type { get; } = conversation.Type;

    /// <summary>How the user calls the conversation.</summary>
    public string TargetId { get; } = conversation.TargetFor(user);

    /// <summary>Clients that do not know of conversations count what they know; who does pulls when it is back.</summary>
    public override bool IsCounted => false;
}
