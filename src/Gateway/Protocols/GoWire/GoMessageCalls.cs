using ImOrleans.Domain.Limits;
using ImOrleans.Domain.Messages;
using ImOrleans.Gateway.Channels;
using ImOrleans.Gateway.Sessions;
using ImOrleans.Gateway.Users;
using ImOrleans.Grains.Abstractions.MessageChannels;

namespace ImOrleans.Gateway.Protocols.GoWire;

/// <summary>What clients ask of message channels, and what they publish there and to users.</summary>
internal sealed class GoMessageCalls(MessageChannelCalls channels, UserMessageCalls users)
{
    /// <summary>
    /// Subscribes, or changes what is heard of. A request with text as its second field asks whom one follows in a topic,
    /// and is refused: the SDK breaks down at any success.
    /// </summary>
    public async Task<GoReply> SubscribeAsync(Session session, GoRequest read)
    {
        if (read.HasBytes(2))
            return ErrorCode.ChannelNotAvailable;
        var channel = read.Channel(1);
        var feeds = Flag(read, 2, ChannelFeeds.Messages) | Flag(read, 3, ChannelFeeds.Metadata)
            | Flag(read, 4, ChannelFeeds.Presence) | Flag(read, 5, ChannelFeeds.Locks);
        if (read.Refusal is { } refusal)
            return refusal;
        if (session.Limits.TakeSubscription(channel) is { } exceeded)
            return exceeded;
        return GoReply.Of(await channels.SubscribeAsync(session, channel, feeds, since: null));
    }

    public async Task<GoReply> UnsubscribeAsync(Session session, GoRequest read)
    {
        var channel = read.Channel(1);
        return read.Refusal is { } refusal ? refusal : GoReply.Of(await channels.UnsubscribeAsync(session, channel));
    }

    /// <summary>Publishes to a user, or to a message channel, which is meant when no type is named.</summary>
    public async Task<GoReply> PublishAsync(Session session, GoRequest read)
    {
        if (session.Limits.TakeMessage() is { } exceeded)
            return exceeded;
        var type = read.Number(6);
        if (type is not (0 or (long)ChannelType.Message or (long)ChannelType.User))
            read.Refuse(ErrorCode.InvalidChannelType);
        if (type == (long)ChannelType.User)
        {
            var receiver = read.User(1);
            var message = ReadPayload(read);
            return read.Refusal ?? GoReply.Of(await users.SendAsync(session, receiver, message));
        }

        var channel = read.Channel(1);
        var payload = ReadPayload(read);
        return read.Refusal ?? GoReply.Of(await channels.PublishAsync(session, channel, payload, idempotencyKey: null));
    }

    private static Payload ReadPayload(GoRequest read) => read.Payload(2, 4, 5, RtmLimits.MessagePayloadBytesMax);

    private static ChannelFeeds Flag(GoRequest read, int field, ChannelFeeds feed) =>
        read.Number(field) != 0 ? feed : ChannelFeeds.None;
}
