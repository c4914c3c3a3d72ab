using ImOrleans.Domain.Conversations;
using ImOrleans.Grains.Abstractions.Conversations;

namespace ImOrleans.Grains.Conversations;

/// <summary>Messages that are not stored: what is passed on, and what their sender is answered.</summary>
internal static class StatusMessages
{
    /// <summary>Makes a status message of what was sent.</summary>
    /// <param name="key">The conversation.</param>
    /// <param name="request">What was sent, as the rules leave it.</param>
    /// <param name="now">The time that it has.</param>
    /// <param name="random">The random part of its name.</param>
    public static (ConversationStatus Status, ChatMessageSent Answer) Of(
        ConversationKey key, SendChatMessageRequest request, DateTimeOffset now, long random)
    {
        var uid = MessageUId.Create(key, 0, random);
        var sentAt = now.ToUnixTimeMilliseconds();
        var message = new ChatMessage(
            uid, request.Sender, request.ObjectName, request.Content, request.Flags & ~MessageFlags.Counted,
            request.ClientMessageId, request.Receivers, request.Extras);
        return (
            new(0, key, new(new(0, sentAt, message), request.Session)),
            new(uid, 0, sentAt) { IsMasked = request.Flags.HasFlag(MessageFlags.Masked) });
    }
}
