using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Limits;
using ImOrleans.Gateway.Sessions;

namespace ImOrleans.Gateway.Protocols.SignalR;

// Message channels.
internal sealed partial class RtmHub
{
    public Task<Reply> Subscribe(HubRequest request) => CallAsync(request, async (session, read) =>
    {
        var channel = read.Channel();
        var feeds = ChannelFeedsReader.Read(read);
        var since = read.Position("since");
        var wish = StateReader.Wish(read, true);
        if ((read.Refusal ?? session.Limits.TakeSubscription(channel)) is { } refusal)
            return refusal;
        var outcome = await messageChannels.SubscribeAsync(session, channel, feeds, since, wish);
        return Answer(outcome, subscribed => SubscribedReply.Of(channel, subscribed));
    });

    public Task<Reply> Unsubscribe(HubRequest request) => CallAsync(request, async (session, read) =>
    {
        var channel = read.Channel();
        return read.Refusal is { } refusal ? refusal : Answer(await messageChannels.UnsubscribeAsync(session, channel));
    });

    private async Task<Outcome<object>> PublishToChannelAsync(Session session, RequestReader read)
    {
        var channel = read.Channel();
        var payload = read.Payload(RtmLimits.MessagePayloadBytesMax);
        var key = read.IdempotencyKey();
        var isKept = read.Flag("storeInHistory", false);
        var level = read.Level();
        if (read.Refusal is { } refusal)
            return refusal;
        return Answer(await messageChannels.PublishAsync(session, channel, payload, key, isKept, level), published => new
        {
            offset = published.Position.Offset,
            epoch = published.Position.EpochText(),
            sentAt = published.SentAtUnixMs,
        });
    }
}
