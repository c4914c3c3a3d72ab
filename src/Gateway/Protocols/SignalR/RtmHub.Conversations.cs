using ImOrleans.Domain.Conversations;
using ImOrleans.Grains.Abstractions.Conversations;

namespace ImOrleans.Gateway.Protocols.SignalR;

// Conversations.
internal sealed partial class RtmHub
{
    /// <summary>Messages of a pull that does not say how many.</summary>
    private const int PullMessagesDefault = 100;

    private const string FromOffline = "offline";
    private const string FromNow = "now";

    public Task<Reply> SendMessage(HubRequest request) => CallAsync(
        request,
        async (session, read) =>
        {
            var (conversation, message) = ChatMessageReader.Read(read, session.User);
            return read.Refusal is { } refusal
                ? refusal
                : Answer(await chats.SendAsync(session, conversation, message), Sent);
        },
        session => session.Limits.TakeConversationMessage(),
        ErrorCode.BizErrorInvalidParameter);

    public Task<Reply> SendTyping(HubRequest request) => CallAsync(
        request,
        async (session, read) =>
        {
            var (conversation, message) = ChatMessageReader.ReadTyping(read, session.User);
            return read.Refusal is { } refusal ? refusal : Answer(await chats.SendAsync(session, conversation, message));
        },
        session => session.Limits.TakeConversationMessage(),
        ErrorCode.BizErrorInvalidParameter);

    private static object Sent(ChatMessageSent sent)
    {
        object data = new { messageUId = sent.UId.Value, seq = sent.Seq, sentTime = sent.SentAtUnixMs };
        return sent.IsMasked ? new NotedAnswer(ErrorCode.SensitiveReplace, data) : data;
    }

    public Task<Reply> PullMessages(HubRequest request) => CallAsync(
        request,
        async (session, read) =>
        {
            var count = read.Number("count") ?? PullMessagesDefault;
            if (count is < 1 or > ConversationLimits.PullMessagesMax)
                read.Refuse(
                    ErrorCode.BizErrorInvalidParameter, $"'count' must be 1 to {ConversationLimits.PullMessagesMax}.");

            // A device that is not known gets all that waits, unless it says otherwise: it may have logged in before and not
            // pulled.
            var from = read.Text("from") ?? FromOffline;
            if (from is not (FromOffline or FromNow))
                read.Refuse(ErrorCode.BizErrorInvalidParameter, $"'from' must be '{FromOffline}' or '{FromNow}'.");
            if (read.Refusal is { } refusal)
                return refusal;
            return Answer(
                await chats.PullAsync(session, (int)count, from == FromNow),
                page => PulledBody.Of(
                    page.Pulled, page.AckToken, session.User, session.BeganAt.ToUnixTimeMilliseconds()));
        },
        malformed: ErrorCode.BizErrorInvalidParameter);

    public Task<Reply> AckMessages(HubRequest request) => CallAsync(
        request,
        async (session, read) =>
        {
            var token = read.Text("ackToken", isRequired: true);
            return read.Refusal is { } refusal ? refusal : Answer(await chats.AcknowledgeAsync(session, token));
        },
        malformed: ErrorCode.BizErrorInvalidParameter);
}
