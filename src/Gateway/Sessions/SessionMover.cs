using System.Collections.Immutable;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Domain.Messages;
using ImOrleans.Gateway.Channels;
using ImOrleans.Gateway.Routing;
using ImOrleans.Gateway.SharedData;
using ImOrleans.Grains.Abstractions.Delivery;
using ImOrleans.Grains.Abstractions.MessageChannels;
using ImOrleans.Grains.Abstractions.Presence;
using ImOrleans.Grains.Abstractions.Sessions;
using ImOrleans.Grains.Abstractions.Topics;
using ImOrleans.Grains.Abstractions.Users;

namespace ImOrleans.Gateway.Sessions;

/// <summary>
/// What a session has, written down at the gateway that it leaves and had again at the one that it comes to.
/// </summary>
/// <remarks>
/// The new gateway asks for all of it by the same calls as a client would, while the old one still has it: so nobody
/// sees the user leave, and every message goes to at least one of the two. One that goes to both is known by the epoch
/// and sequence of its grain: the old gateway's go up to the position at which the new one's begin.
/// </remarks>
internal sealed class SessionMover(
    RouteTable routes, StreamChannelCalls channels, TopicCalls topics, MessageChannelCalls messageChannels,
    SharedDataFeeds feeds)
{
    /// <summary>What a session has here; null when it has locks, which are tied to it, or waits for some.</summary>
    public SessionContent? Describe(Session session)
    {
        var feedList = ImmutableArray.CreateBuilder<ContentFeed>();
        foreach (var route in session.SharedData.All())
            lock (route.Gate)
                if (route.Find(session) is { } interest)
                {
                    if (interest.HasOrAwaitsLocks)
                        return null;
                    feedList.Add(new(route.Type, route.Name, interest.WantsMetadata, interest.WantsLocks));
                }

        using var user = routes.EnterUser(session.User);
        IReadOnlyCollection<ChannelName> joined;
        IReadOnlyCollection<ChannelName> subscribed;
        lock (user.Route.Gate)
            (joined, subscribed) = user.Route.Of(session);
        return new(
            [.. joined.Select(channel => Describe(session, channel)).OfType<ContentChannel>()],
            [.. subscribed.Select(channel => DescribeSubscription(session, channel)).OfType<ContentSubscription>()],
            feedList.ToImmutable())
        {
            States = [.. session.States.All().Select(said => new ContentState(said.Type, said.Channel, said.Items))],
        };
    }

    /// <summary>Completes when all that was delivered for a session until now is in its outbox.</summary>
    public Task FannedOutAsync(Session session, SessionContent content) =>
        Task.WhenAll(Sources(session, content).Select(key => routes.Find(key)?.FannedOutAsync() ?? Task.CompletedTask));

    /// <summary>What the client has not got, for another gateway. What a snapshot there replaces is left out.</summary>
    public SessionRest Pack(Session session, SessionContent content, OutboxRest rest)
    {
        var items = ImmutableArray.CreateBuilder<RestItem>();
        var dropped = rest.Dropped;
        foreach (var sessionEvent in rest.Events)
            switch (sessionEvent)
            {
                case TopicMessagesEvent topic:
                    var key = GrainKey.Topic(topic.Channel, topic.Topic);
                    items.AddRange(topic.Messages.Select(message => new RestItem(key, topic.Epoch, message)));
                    break;
                case ChannelMessageEvent channel:
                    items.Add(new(
                        GrainKey.MessageChannel(channel.Channel), channel.Position.Epoch, channel.Message));
                    break;
                case UserMessageEvent user:
                    items.Add(new(GrainKey.User(user.Receiver), user.Epoch, user.Message));
                    break;
                case ConnectionEvent notice:
                    dropped += notice.Dropped;
                    break;
                default:
                    break;
            }

        return new(
            items.ToImmutable(), dropped,
            [.. Sources(session, content).Distinct().Select(key => new RouteEpoch(key, EpochOf(key)))]);
    }

    /// <summary>
    /// Asks for all that a session had. The positions at which what comes from each grain begins; null when not all of it
    /// could be had.
    /// </summary>
    public async Task<IReadOnlyDictionary<string, RouteStamp>?> RestoreAsync(Session session, SessionContent content)
    {
        foreach (var said in content.States)
            session.States.Change(said.Type, said.Channel, said.Items, []);
        var stamps = new Dictionary<string, RouteStamp>();
        var restored = await Task.WhenAll(content.Channels.Select(channel => RestoreAsync(session, channel, content, stamps))
            .Concat(content.Subscriptions.Select(subscription => RestoreAsync(session, subscription, stamps))));
        if (!Array.TrueForAll(restored, isRestored => isRestored))
            return null;

        // Those of channels came with the channels.
        foreach (var feed in content.Feeds.Where(feed => feed.Type == ChannelType.User))
            if (!(await session.Calls.ForSharedDataAsync(
                feed.Type, feed.Name, ErrorCode.StorageNotAvailable,
                budget => feeds.OpenAsync(budget, session, feed.Type, feed.Name, feed.Metadata, feed.Locks))).IsAccepted)
                return null;
        return stamps;
    }

    /// <summary>
    /// True when a gateway has got all that the grains of these messages have said until now.
    /// </summary>
    public async Task<bool> MarkAsync(SessionContent content, GatewayId gateway)
    {
        var marks = new List<Task<bool>>();
        foreach (var channel in content.Channels)
            foreach (var topic in channel.Topics.Where(topic => !topic.Followed.IsEmpty))
                marks.Add(routes.TopicGrain(channel.Name, topic.Name).MarkAsync(gateway));
        foreach (var subscription in content.Subscriptions)
            marks.Add(routes.MessageChannelGrain(subscription.Channel).MarkAsync(gateway));
        return Array.TrueForAll(await Task.WhenAll(marks), isThere => isThere);
    }

    /// <summary>
    /// What the client has not got, but for what this gateway has too; null when the two have heard different activations
    /// of a grain, so that their messages cannot be told apart.
    /// </summary>
    public static OutboxRest? Unpack(SessionRest rest, IReadOnlyDictionary<string, RouteStamp> stamps)
    {
        foreach (var (key, stamp) in stamps)
            if (!rest.Epochs.Contains(new(key, stamp.Epoch)))
                return null;
        var events = new List<SessionEvent>();
        foreach (var item in rest.Items)
        {
            // Of an earlier activation everything is from before.
            if (stamps.TryGetValue(item.Route, out var stamp)
                && item.Epoch == stamp.Epoch && item.Item.Sequence > stamp.Position)
                continue;
            if (EventOf(item) is { } sessionEvent)
                events.Add(sessionEvent);
        }

        return new(events, rest.Dropped);
    }

    private static SessionEvent? EventOf(RestItem item)
    {
        var parts = GrainKey.Split(item.Route[0], item.Route);
        return item.Item switch
        {
            TopicMessage message => new TopicMessagesEvent(new(parts[0]), new(parts[1]), [message]) { Epoch = item.Epoch },
            ChannelMessage message => new ChannelMessageEvent(new(parts[0]), item.Epoch, message),
            UserMessage message => new UserMessageEvent(new(parts[0]), message) { Epoch = item.Epoch },
            _ => null,
        };
    }

    /// <summary>The grains whose messages go to a session.</summary>
    private static IEnumerable<string> Sources(Session session, SessionContent content) =>
        content.Channels.SelectMany(channel => channel.Topics.Where(topic => !topic.Followed.IsEmpty)
                .Select(topic => GrainKey.Topic(channel.Name, topic.Name)))
            .Concat(content.Subscriptions.Select(subscription => GrainKey.MessageChannel(subscription.Channel)))
            .Append(GrainKey.User(session.User));

    private long EpochOf(string key)
    {
        if (routes.Find(key) is not { } route)
            return 0;
        lock (route.Gate)
            return route.Epoch;
    }

    private ContentChannel? Describe(Session session, ChannelName name)
    {
        using var room = routes.EnterRoom(name);
        DateTimeOffset? tokenExpiresAt;
        MemberPresence presence;
        TopicName[] topicNames;
        lock (room.Route.Gate)
        {
            if (!room.Route.TryGetMember(session, out var member))
                return null;
            (tokenExpiresAt, presence) = (member.TokenExpiresAt, member.Presence);
            topicNames = [.. member.Published.Union(member.Subscribed)];
        }

        return new(name, tokenExpiresAt, [.. topicNames.Select(topic => Describe(session, name, topic))])
        {
            Presence = presence,
        };
    }

    private ContentTopic Describe(Session session, ChannelName channel, TopicName name)
    {
        using var topic = routes.EnterTopic(channel, name);
        lock (topic.Route.Gate)
            return new(name, topic.Route.RoleOf(session), topic.Route.FollowedBy(session));
    }

    private ContentSubscription? DescribeSubscription(Session session, ChannelName name)
    {
        using var channel = routes.EnterMessageChannel(name);
        lock (channel.Route.Gate)
            return channel.Route.FeedsOf(session) is { } wanted
                ? new(name, wanted) { IsQuiet = channel.Route.IsQuiet(session) }
                : null;
    }

    private async Task<bool> RestoreAsync(
        Session session, ContentChannel channel, SessionContent content, Dictionary<string, RouteStamp> stamps)
    {
        var feed = content.Feeds.FirstOrDefault(
            feed => feed.Type == ChannelType.Stream && feed.Name == channel.Name.Value);

        // The text of the token was told to the other gateway alone: shown again, it would be taken for another one.
        var token = channel.TokenExpiresAt is { } expiresAt ? new SessionToken("", expiresAt) : null;
        var joined = await channels.JoinAsync(
            session, channel.Name, token, feed?.Metadata ?? false, feed?.Locks ?? false,
            new(channel.Presence.WantsEvents, channel.Presence.IsQuiet, IsDeclined: false));
        if (!joined.IsAccepted)
            return false;
        foreach (var topic in channel.Topics)
        {
            if (topic.Role is { } role && !(await topics.JoinAsync(session, channel.Name, topic.Name, role)).IsAccepted)
                return false;
            if (topic.Followed.IsEmpty)
                continue;
            var followed = await topics.SubscribeAsync(session, channel.Name, topic.Name, topic.Followed);
            if (!followed.IsAccepted || followed.Value.Succeeded.Length != topic.Followed.Length)
                return false;
            lock (stamps)
                stamps[GrainKey.Topic(channel.Name, topic.Name)] = followed.Value.Stamp;
        }

        return true;
    }

    private async Task<bool> RestoreAsync(
        Session session, ContentSubscription subscription, Dictionary<string, RouteStamp> stamps)
    {
        var subscribed = await messageChannels.SubscribeAsync(
            session, subscription.Channel, subscription.Feeds, null, new() { IsQuiet = subscription.IsQuiet });
        if (!subscribed.IsAccepted)
            return false;
        lock (stamps)
            stamps[GrainKey.MessageChannel(subscription.Channel)] = subscribed.Value.Subscribed.Stamp;
        return true;
    }
}
