using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Limits;
using ImOrleans.Gateway.Sessions;

namespace ImOrleans.Gateway.Protocols.SignalR;

// Messages that are kept, and messages to users.
internal sealed partial class RtmHub
{
    public Task<Reply> GetChannelMessages(HubRequest request) => CallAsync(request, async (session, read) =>
    {
        var (key, query) = HistoryReader.Read(read);
        return read.Refusal is { } refusal
            ? refusal
            : Answer(await history.GetAsync(session, key, query), page => HistoryBody.Of(key, page));
    });

    private async Task<Outcome<object>> PublishToUserAsync(Session session, RequestReader read)
    {
        var receiver = read.User("channel");
        var payload = read.Payload(RtmLimits.MessagePayloadBytesMax);
        var isKept = read.Flag("storeInHistory", false);
        if (read.Refusal is { } refusal)
            return refusal;
        var outcome = await users.SendAsync(session, receiver, payload, isKept);
        return isKept
            ? Answer(outcome, sent => new { sentAt = sent.SentAtUnixMs, delivered = sent.IsDelivered })
            : Answer(outcome, sent => new { sentAt = sent.SentAtUnixMs });
    }
}
