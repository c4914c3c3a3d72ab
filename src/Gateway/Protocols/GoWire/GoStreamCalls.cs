using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Domain.Limits;
using ImOrleans.Domain.Messages;
using ImOrleans.Gateway.Channels;
using ImOrleans.Gateway.Presence;
using ImOrleans.Gateway.Protocols.GoWire.Frames;
using ImOrleans.Gateway.Sessions;
using ImOrleans.Grains.Abstractions.Topics;

namespace ImOrleans.Gateway.Protocols.GoWire;

/// <summary>What clients ask of stream channels and their topics.</summary>
internal sealed class GoStreamCalls(StreamChannelCalls channels, TopicCalls topics, SessionTokens tokens)
{
    /// <summary>Joins a channel; the snapshots of what was asked for are written before the reply.</summary>
    public async Task<GoReply> JoinAsync(Session session, GoRequest read)
    {
        var channel = read.Channel(1);
        var text = read.Text(2);
        if (read.Refusal is { } refusal)
            return refusal;
        Outcome<SessionToken> token = default;
        if (text.Length > 0)
            token = tokens.Check(text, session.User, channel);
        if (token.Refusal is { } badToken)
            return badToken;
        var wish = new PresenceWish(read.Number(4) != 0, IsQuiet: false, IsDeclined: false);
        return GoReply.Of(await channels.JoinAsync(
            session, channel, token.Value, withMetadata: read.Number(3) != 0, withLocks: read.Number(5) != 0, wish: wish));
    }

    public async Task<GoReply> LeaveAsync(Session session, GoRequest read)
    {
        var channel = read.Channel(1);
        return read.Refusal is { } refusal ? refusal : GoReply.Of(await channels.LeaveAsync(session, channel));
    }

    /// <summary>
    /// Becomes a publisher. Joined already is success here: the SDK forgets a topic after one failed publish, and could
    /// not come back into it.
    /// </summary>
    public async Task<GoReply> JoinTopicAsync(Session session, GoRequest read)
    {
        var (channel, topic) = (read.Channel(1), read.Topic(2));
        var role = ReadRole(read);
        if (read.Refusal is { } refusal)
            return refusal;
        var reply = GoReply.Of(await topics.JoinAsync(session, channel, topic, role));
        return reply.Code == ErrorCode.ChannelJoinTopicFailed ? GoReply.Done : reply;
    }

    public async Task<GoReply> LeaveTopicAsync(Session session, GoRequest read)
    {
        var (channel, topic) = (read.Channel(1), read.Topic(2));
        return read.Refusal is { } refusal ? refusal : GoReply.Of(await topics.LeaveAsync(session, channel, topic));
    }

    public async Task<GoReply> PublishAsync(Session session, GoRequest read)
    {
        var (channel, topic) = (read.Channel(1), read.Topic(2));
        var payload = read.Payload(3, 5, 6, RtmLimits.TopicPayloadBytesMax);
        var sendTs = read.Number(4);
        // A malformed request counts as a call, as it has no topic to count for.
        if (read.Refusal is { } malformed)
            return session.Limits.TakeCall() is { } exceeded ? exceeded : malformed;
        if (session.Limits.TakeTopicMessage(channel, topic) is { } refusal)
            return refusal;
        var outcome = await topics.PublishAsync(session, channel, topic, payload, sendTs == 0 ? null : sendTs);
        // Who does not publish there has no share of the topic's rate, and spends calls.
        var isStranger = outcome.Refusal is
        {
            Code: ErrorCode.ChannelNotJoined or ErrorCode.ChannelTopicNotJoined or ErrorCode.LoginNotAuthorized,
        };
        return isStranger && session.Limits.TakeCall() is { } tooMany ? tooMany : GoReply.Of(outcome);
    }

    public async Task<GoReply> SubscribeTopicAsync(Session session, GoRequest read)
    {
        var (channel, topic) = (read.Channel(1), read.Topic(2));
        var publishers = read.Users(3);
        if (read.Refusal is { } refusal)
            return refusal;
        var outcome = await topics.SubscribeAsync(session, channel, topic, publishers);
        if (!outcome.IsAccepted)
            return outcome.Refusal;
        return GoReply.With(new GoMessageWriter()
            .Text(1, channel.Value)
            .Text(2, topic.Value)
            .All(3, Names(outcome.Value.Succeeded))
            .All(4, Names(outcome.Value.Failed)));
    }

    public async Task<GoReply> UnsubscribeTopicAsync(Session session, GoRequest read)
    {
        var (channel, topic) = (read.Channel(1), read.Topic(2));
        var publishers = read.Users(3);
        return read.Refusal is { } refusal
            ? refusal
            : GoReply.Of(await topics.UnsubscribeAsync(session, channel, topic, publishers));
    }

    /// <summary>Order, priority and label. The numbers of priorities are those of the Go and of the C++ interface.</summary>
    private static PublisherRole ReadRole(GoRequest read)
    {
        var qos = read.Number(3);
        var priority = read.Number(4) switch
        {
            0 => MessagePriority.Highest,
            1 => MessagePriority.High,
            2 or 4 => MessagePriority.Normal,
            3 or 8 => MessagePriority.Low,
            _ => (MessagePriority?)null,
        };
        if (qos is < 0 or > 1 || priority is null)
            read.Refuse(ErrorCode.InvalidParameter);
        var meta = read.TextOrNull(6, ErrorCode.ChannelInvalidTopicMeta);
        if (meta is not null && System.Text.Encoding.UTF8.GetByteCount(meta) > RtmLimits.TopicMetaBytesMax)
            read.Refuse(ErrorCode.ChannelInvalidTopicMeta);
        return new(qos == 1 ? TopicQos.Ordered : TopicQos.Unordered, priority ?? default, meta);
    }

    private static IEnumerable<string> Names(IEnumerable<UserId> users) => users.Select(user => user.Value);
}
