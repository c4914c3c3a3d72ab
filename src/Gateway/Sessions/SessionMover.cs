using System.Collections.Immutable;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Domain.Messages;
using ImOrleans.Gateway.Channels;
using ImOrleans.Gateway.Routing;
using ImOrleans.Gateway.SharedData;
using ImOrleans.Grains.Abstractions.MessageChannels;
using ImOrleans.Grains.Abstractions.Presence;
using ImOrleans.Grains.Abstractions.Sessions;
using ImOrleans.Grains.Abstractions.SharedData;
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
    SharedDataFeeds feeds, LockCalls locks, RouteRegistrar registrar)
{
    /// <summary>What a session has here.</summary>
    public SessionContent Describe(Session session)
    {
        var feedList = ImmutableArray.CreateBuilder<ContentFeed>();
        foreach (var route in session.SharedData.All())
            lock (route.Gate)
                if (route.Find(session) is { } interest)
                {
                    var stated = interest.ToSession();
                    feedList.Add(new(route.Type, route.Name, stated.WantsMetadata, stated.WantsLocks)
                    {
                        Holding = stated.Holding,
                        Waiting = stated.Waiting,
                    });
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
                case LocksEvent { Kind: { } kind } locks:
                    items.Add(new(GrainKey.SharedData(locks.Type, locks.Name), 0, new LockEvent(
                        0, new(kind, locks.Locks[0], locks.EndedToken), locks.Revision)));
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
    public async Task<SessionPositions?> RestoreAsync(Session session, SessionContent content)
    {
        foreach (var said in content.States)
            session.States.Change(said.Type, said.Channel, said.Items, []);
        var positions = new SessionPositions();
        var restored = await Task.WhenAll(content.Channels.Select(channel => RestoreAsync(session, channel, content, positions))
            .Concat(content.Subscriptions.Select(subscription => RestoreAsync(session, subscription, positions))));
        if (!Array.TrueForAll(restored, isRestored => isRestored))
            return null;

        // Those of channels came with the channels.
        foreach (var feed in content.Feeds.Where(feed => feed.Type == ChannelType.User && feed.Metadata))
            if (!(await session.Calls.ForSharedDataAsync(
                feed.Type, feed.Name, ErrorCode.StorageNotAvailable,
                budget => feeds.OpenAsync(budget, session, feed.Type, feed.Name, feed.Metadata, feed.Locks))).IsAccepted)
                return null;
        foreach (var feed in content.Feeds)
            if (!await RestoreLocksAsync(session, feed, positions))
                return null;
        return positions;
    }

    /// <summary>
    /// What a session has whose gateway is lost, as the grains know; null when one that should know does not.
    /// </summary>
    public async Task<SessionContent?> GatherAsync(SessionId lost, RecalledSession recalled)
    {
        var channels = Task.WhenAll(recalled.Channels.Select(name => routes.RoomGrain(name).DescribeSessionAsync(lost)));
        var subscriptions = Task.WhenAll(
            recalled.Subscriptions.Select(name => routes.MessageChannelGrain(name).DescribeSessionAsync(lost)));
        var data = Task.WhenAll(recalled.Record.Data.Select(
            place => routes.SharedDataGrain(place.Type, place.Name).DescribeSessionAsync(lost)));
        await Task.WhenAll(channels, subscriptions, data);
        return Array.TrueForAll(await channels, channel => channel is not null)
            && Array.TrueForAll(await subscriptions, subscription => subscription is not null)
            && Array.TrueForAll(await data, feed => feed is not null)
            ? new(
                [.. (await channels).OfType<ContentChannel>()],
                [.. (await subscriptions).OfType<ContentSubscription>()],
                [.. (await data).OfType<ContentFeed>()])
            {
                States = recalled.Record.States,
            }
            : null;
    }

    /// <summary>
    /// Shows a client that may have missed what happened to its locks how things stand, where it is not told of all locks
    /// anyway; false when they cannot be read.
    /// </summary>
    public async Task<bool> TellLocksAsync(Session session, SessionContent content)
    {
        foreach (var feed in content.Feeds.Where(feed => !feed.Locks && feed.Type != ChannelType.User))
        {
            var all = await routes.SharedDataGrain(feed.Type, feed.Name).GetLocksAsync();
            if (!all.IsAccepted)
                return false;
            session.Outbox.Post(new LocksEvent(feed.Type, feed.Name, null, all.Value.Revision, all.Value.Locks));
        }

        return true;
    }

    /// <summary>Grains are told anew of all that a session has: how long it stays without its gateway has changed.</summary>
    public void StateAnew(Session session)
    {
        using var user = routes.EnterUser(session.User);
        IReadOnlyCollection<ChannelName> joined;
        IReadOnlyCollection<ChannelName> subscribed;
        lock (user.Route.Gate)
            (joined, subscribed) = user.Route.Of(session);
        foreach (var key in joined.Select(GrainKey.StreamChannel)
            .Concat(subscribed.Select(GrainKey.MessageChannel))
            .Concat(session.SharedData.All().Select(route => route.Key))
            .Append(user.Route.Key))
            if (routes.Find(key) is { } route)
                registrar.Invalidate(route);
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
        foreach (var feed in content.Feeds.Where(HasLocks))
            marks.Add(routes.SharedDataGrain(feed.Type, feed.Name).MarkAsync(gateway));
        return Array.TrueForAll(await Task.WhenAll(marks), isThere => isThere);
    }

    /// <summary>
    /// What the client has not got, but for what this gateway has too; null when the two have heard different activations
    /// of a grain, so that their messages cannot be told apart.
    /// </summary>
    public static OutboxRest? Unpack(SessionRest rest, SessionPositions positions)
    {
        foreach (var (key, stamp) in positions.Stamps)
            if (!rest.Epochs.Contains(new(key, stamp.Epoch)))
                return null;
        var events = new List<SessionEvent>();
        foreach (var item in rest.Items)
        {
            // Of an earlier activation everything is from before.
            if (positions.IsBefore(item) && EventOf(item) is { } sessionEvent)
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
            LockEvent { Change: var change } locks => new LocksEvent(
                Enum.Parse<ChannelType>(parts[0]), parts[1], change.Kind, locks.Revision, [change.Lock], change.EndedToken),
            UserMessage message => new UserMessageEvent(new(parts[0]), message) { Epoch = item.Epoch },
            _ => null,
        };
    }

    /// <summary>The grains whose messages go to a session.</summary>
    private static IEnumerable<string> Sources(Session session, SessionContent content) =>
        content.Channels.SelectMany(channel => channel.Topics.Where(topic => !topic.Followed.IsEmpty)
                .Select(topic => GrainKey.Topic(channel.Name, topic.Name)))
            .Concat(content.Subscriptions.Select(subscription => GrainKey.MessageChannel(subscription.Channel)))
            .Concat(content.Feeds.Where(HasLocks).Select(feed => GrainKey.SharedData(feed.Type, feed.Name)))
            .Append(GrainKey.User(session.User));

    private static bool HasLocks(ContentFeed feed) => feed.Locks || !feed.Holding.IsEmpty || !feed.Waiting.IsEmpty;

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
        Session session, ContentChannel channel, SessionContent content, SessionPositions positions)
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
        if (joined.Value.Data?.Locks is { } watched)
            positions.WatchLocks(ChannelType.Stream, channel.Name, watched.Revision);
        foreach (var topic in channel.Topics)
        {
            if (topic.Role is { } role && !(await topics.JoinAsync(session, channel.Name, topic.Name, role)).IsAccepted)
                return false;
            if (topic.Followed.IsEmpty)
                continue;
            var followed = await topics.SubscribeAsync(session, channel.Name, topic.Name, topic.Followed);
            if (!followed.IsAccepted || followed.Value.Succeeded.Length != topic.Followed.Length)
                return false;
            positions.Add(GrainKey.Topic(channel.Name, topic.Name), followed.Value.Stamp);
        }

        return true;
    }

    private async Task<bool> RestoreAsync(
        Session session, ContentSubscription subscription, SessionPositions positions)
    {
        var subscribed = await messageChannels.SubscribeAsync(
            session, subscription.Channel, subscription.Feeds, null, new() { IsQuiet = subscription.IsQuiet });
        if (!subscribed.IsAccepted)
            return false;
        positions.Add(GrainKey.MessageChannel(subscription.Channel), subscribed.Value.Subscribed.Stamp);
        if (subscribed.Value.Data?.Locks is { } watched)
            positions.WatchLocks(ChannelType.Message, subscription.Channel, watched.Revision);
        return true;
    }

    /// <summary>
    /// A lock is its user's, so a second session of the user has it by asking for it, and the place in a queue by naming it.
    /// </summary>
    private async Task<bool> RestoreLocksAsync(Session session, ContentFeed feed, SessionPositions positions)
    {
        foreach (var held in feed.Holding)
        {
            var kept = await locks.AcquireAsync(session, feed.Type, new(feed.Name), held.Name, retry: false);
            if (!kept.IsAccepted || kept.Value.FencingToken != held.FencingToken)
                return false; // It was lost just now.
            positions.Acquire(feed.Type, feed.Name, held.Name, kept.Value.Revision);
        }

        foreach (var awaited in feed.Waiting)
        {
            var queued = await locks.AcquireAsync(
                session, feed.Type, new(feed.Name), awaited.Name, retry: true, awaited.Ticket);
            if (!queued.IsAccepted)
                return false;
            positions.Acquire(feed.Type, feed.Name, awaited.Name, queued.Value.Revision);
        }

        return true;
    }
}
