using System.Collections.Concurrent;
using ImOrleans.Domain.Conversations;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Domain.Messages;
using ImOrleans.Grains.Abstractions.Conversations;
using ImOrleans.Grains.Abstractions.MessageChannels;
using ImOrleans.Grains.Abstractions.Rooms;
using ImOrleans.Grains.Abstractions.SharedData;
using ImOrleans.Grains.Abstractions.Topics;
using ImOrleans.Grains.Abstractions.Users;

namespace ImOrleans.Gateway.Routing;

/// <summary>All routes of this gateway, by the key of their grain.</summary>
internal sealed class RouteTable(
    IGrainFactory grains, RouteRegistrar registrar, ConversationPosts conversations, TimeProvider clock)
{
    private readonly ConcurrentDictionary<string, Route> _routes = new();
    private readonly IGrainFactory _grains = grains;
    private readonly ConversationPosts _conversations = conversations;
    private readonly TimeProvider _clock = clock;

    /// <summary>Who is told what grains say to single sessions; set once, before the first route.</summary>
    public ISessionNotices Notices { get; set; } = null!;

    public int Count => _routes.Count;

    public IEnumerable<Route> All => _routes.Values;

    public Route? Find(string key) => _routes.GetValueOrDefault(key);

    public RouteLease<UserRoute> EnterUser(UserId user) => Enter(
        GrainKey.User(user),
        static (key, at) => new UserRoute(
            at.user, at.table._grains.GetGrain<IUserGrain>(key), at.table.Notices, at.table._conversations),
        (table: this, user));

    /// <summary>A group or a discussion.</summary>
    public RouteLease<GroupRoute> EnterGroup(ConversationKey group) => Enter(
        group.Value,
        static (key, at) => new GroupRoute(at.group, at.table._grains.GetGrain<IGroupGrain>(key), at.table._conversations),
        (table: this, group));

    public RouteLease<RoomRoute> EnterRoom(ChannelName channel) => Enter(
        GrainKey.StreamChannel(channel),
        static (key, at) => new RoomRoute(at.channel, at.table._grains.GetGrain<IRoomGrain>(key), at.table.Notices),
        (table: this, channel));

    public RouteLease<TopicRoute> EnterTopic(ChannelName channel, TopicName topic) => Enter(
        GrainKey.Topic(channel, topic),
        static (key, at) => new TopicRoute(at.channel, at.topic, at.table._grains.GetGrain<ITopicGrain>(key)),
        (table: this, channel, topic));

    public RouteLease<MessageChannelRoute> EnterMessageChannel(ChannelName channel) => Enter(
        GrainKey.MessageChannel(channel),
        static (key, at) => new MessageChannelRoute(
            at.channel, at.table._grains.GetGrain<IMessageChannelGrain>(key), at.table._clock),
        (table: this, channel));

    public RouteLease<SharedDataRoute> EnterSharedData(ChannelType type, string name) => Enter(
        GrainKey.SharedData(type, name),
        static (key, at) => new SharedDataRoute(at.type, at.name, at.table._grains.GetGrain<ISharedDataGrain>(key)),
        (table: this, type, name));

    /// <summary>The grain of a stream channel, whether there is a route to it or not.</summary>
    public IRoomGrain RoomGrain(ChannelName channel) => _grains.GetGrain<IRoomGrain>(GrainKey.StreamChannel(channel));

    /// <summary>The grain of a topic, whether there is a route to it or not.</summary>
    public ITopicGrain TopicGrain(ChannelName channel, TopicName topic) =>
        _grains.GetGrain<ITopicGrain>(GrainKey.Topic(channel, topic));

    /// <summary>The grain of a message channel, whether there is a route to it or not.</summary>
    public IMessageChannelGrain MessageChannelGrain(ChannelName channel) =>
        _grains.GetGrain<IMessageChannelGrain>(GrainKey.MessageChannel(channel));

    /// <summary>The grain of shared data, whether there is a route to it or not.</summary>
    public ISharedDataGrain SharedDataGrain(ChannelType type, string name) =>
        _grains.GetGrain<ISharedDataGrain>(GrainKey.SharedData(type, name));

    /// <summary>
    /// Ends the use of a route: a marked one is registered, one that nobody wants any more is dropped.
    /// </summary>
    public void Exit(Route route)
    {
        route.Exit();
        if (route.NeedsRegistration)
            registrar.Schedule(route);
        else
            DropIfUnused(route);
    }

    /// <summary>Drops a route that nobody wants and whose grain knows so.</summary>
    public void DropIfUnused(Route route)
    {
        bool isRemoved;
        lock (route.Gate)
            isRemoved = route.TryRemove();
        if (isRemoved)
            _routes.TryRemove(new(route.Key, route));
    }

    private RouteLease<TRoute> Enter<TRoute, TAt>(string key, Func<string, TAt, TRoute> create, TAt at)
        where TRoute : Route
    {
        while (true)
        {
            var route = (TRoute)_routes.GetOrAdd(key, create, at);
            if (route.TryEnter())
                return new(this, route);
            _routes.TryRemove(new(key, route));
        }
    }
}
