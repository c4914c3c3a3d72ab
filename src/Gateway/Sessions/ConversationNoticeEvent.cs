using ImOrleans.Domain.Conversations;
using ImOrleans.Domain.Identifiers;

namespace ImOrleans.Gateway.Sessions;

/// <summary>There is something to pull.</summary>
/// <param name="conversation">Where; null when it is not known where.</param>
/// <param name="user">Who is told.</param>
internal sealed class ConversationNoticeEvent(ConversationKey? conversation, UserId user) : SessionEvent
{
    public ConversationType Type { get; } = conversation?.Type ?? default;

    /// <summary>How the user calls the conversation; empty when it is not known which.</summary>
    public string TargetId { get; } = conversation?.TargetFor(user) ?? "";

    /// <summary>Clients that do not know of conversations count what they know; who does pulls when it is back.</summary>
    public override bool IsCounted => false;

    public override bool IsOfConnection => true;
}
