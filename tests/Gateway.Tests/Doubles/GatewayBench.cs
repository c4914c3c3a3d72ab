using System.Threading.Channels;
using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Domain.Messages;
using ImOrleans.Gateway.Auth.Permissions;
using ImOrleans.Gateway.Channels;
using ImOrleans.Gateway.Conversations;
using ImOrleans.Gateway.Presence;
using ImOrleans.Gateway.Routing;
using ImOrleans.Gateway.Sessions;
using ImOrleans.Gateway.SharedData;
using ImOrleans.Gateway.Tests.Auth;
using ImOrleans.Gateway.Users;
using ImOrleans.Grains.Abstractions.Delivery;
using ImOrleans.Grains.Abstractions.Rooms;
using ImOrleans.Grains.Abstractions.Topics;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace ImOrleans.Gateway.Tests.Doubles;

/// <summary>A gateway without wire and cluster: the real types between fake connections and fake grains.</summary>
internal sealed class GatewayBench : IDisposable
{
    public const string Lobby = "lobby";
    public const string News = "news";

    private readonly Channel<Route> _settled = Channel.CreateUnbounded<Route>();
    private readonly GatewayObserver _observer;
    private bool _isDisposed;

    public GatewayBench()
    {
        Identity = new(Clock);
        var observers = new GatewayObservers(Grains.Factory, Identity);
        Registrar = new(Identity, observers, Clock, NullLogger<RouteRegistrar>.Instance);
        var tokens = new AckTokens(new(Tokens.AppKey, Tokens.Secret));
        var posts = new ConversationPosts(tokens);
        Routes = new(Grains.Factory, Registrar, posts, Clock);
        var groups = new ChatGroups(Routes, Registrar, Clock);
        Chats = new(Grains.Factory, tokens, groups, posts);
        Caller = new(Registrar, NullLogger<RouteCaller>.Instance);
        var records = new SessionRecords(Routes, Caller);
        Feeds = new(Routes, Caller, Registrar, records);
        Metadata = new(Grains.Factory, Feeds, Registrar, Options.Create(MetadataOptions));
        Locks = new(Grains.Factory, Routes, Caller, Registrar, records, Clock);
        Channels = new(Routes, Caller, Registrar, Feeds, Clock);
        Topics = new(Routes, Caller, Registrar);
        Users = new(Grains.Factory);
        MessageChannels = new(Routes, Caller, Registrar, Feeds, Grains.Factory);
        Presence = new(Routes, Caller, records, Grains.Factory);
        History = new(Grains.Factory);
        Lifecycle = new(
            Identity, Routes, Caller, Channels, MessageChannels, Feeds, groups,
            new SessionMover(Routes, Channels, Topics, MessageChannels, Feeds, Locks, Registrar), records,
            Options.Create(SessionOptions),
            Options.Create(new SessionOutboxOptions()),
            Options.Create(new RateLimitOptions()), Clock, NullLogger<SessionLifecycle>.Instance);
        Routes.Notices = Lifecycle;
        Registrar.Settled = route =>
        {
            Routes.DropIfUnused(route);
            _settled.Writer.TryWrite(route);
        };
        observers.Start(Routes, Registrar);
        _observer = new(Routes, Registrar);
    }

    public WatchedClock Clock { get; } = new();

    public SessionOptions SessionOptions { get; } = new();

    public FakeGrains Grains { get; } = new();

    public GatewayIdentity Identity { get; }

    public RouteRegistrar Registrar { get; }

    public RouteTable Routes { get; }

    public RouteCaller Caller { get; }

    public StreamChannelCalls Channels { get; }

    public TopicCalls Topics { get; }

    public UserMessageCalls Users { get; }

    public MessageChannelCalls MessageChannels { get; }

    public SharedDataFeeds Feeds { get; }

    public MetadataCalls Metadata { get; }

    public MetadataOptions MetadataOptions { get; } = new();

    public LockCalls Locks { get; }

    public PresenceCalls Presence { get; }

    public HistoryCalls History { get; }

    public ChatCalls Chats { get; }

    public SessionLifecycle Lifecycle { get; }

    /// <summary>The next route whose repair has ended.</summary>
    public Task<Route> NextSettledAsync() => _settled.Reader.ReadAsync().AsTask().Guard();

    /// <summary>Lets the time pass after which a registration that did not hold is tried again.</summary>
    public async Task PassFirstPauseAsync()
    {
        var pause = TimeSpan.FromMilliseconds(100);
        while (await Clock.NextTimerAsync() != pause)
        {
            // Those of the calls before.
        }

        Clock.Advance(pause);
    }

    /// <summary>Signs a user in.</summary>
    public async Task<Session> ConnectAsync(
        string user = "ann", FakeConnection? connection = null, TimeSpan? lifetime = null, string token = "token",
        ConnectWishes? wishes = null, ResourcePermissions? permissions = null)
    {
        var expiresAt = Clock.GetUtcNow() + (lifetime ?? TimeSpan.FromHours(1));
        var outcome = await Lifecycle.ConnectAsync(
            new(user), new("default"), new(token, expiresAt, permissions), connection ?? new FakeConnection(), wishes)
            .Guard();
        return outcome.Value ?? throw new InvalidOperationException($"The login was refused: {outcome.Refusal}.");
    }

    /// <summary>Signs a user in and joins the lobby.</summary>
    public async Task<Session> JoinAsync(string user = "ann", FakeConnection? connection = null)
    {
        var session = await ConnectAsync(user, connection);
        AssertAccepted(await Channels.JoinAsync(session, new(Lobby), null).Guard());
        return session;
    }

    /// <summary>Signs a user in, joins the lobby and follows publishers of its news.</summary>
    public async Task<Session> FollowAsync(string user, FakeConnection? connection, params string[] publishers)
    {
        var session = await JoinAsync(user, connection);
        AssertAccepted(await SubscribeAsync(session, publishers).Guard());
        return session;
    }

    public Task<Outcome<TopicSubscribed>> SubscribeAsync(Session session, params string[] publishers) =>
        Topics.SubscribeAsync(session, new(Lobby), new(News), [.. publishers.Select(name => new UserId(name))]);

    public Task<Outcome<Done>> JoinTopicAsync(Session session) =>
        Topics.JoinAsync(session, new(Lobby), new(News), new(TopicQos.Ordered, MessagePriority.Normal, null));

    public Task<Outcome<TopicPublished>> PublishAsync(Session session, string text) =>
        Topics.PublishAsync(session, new(Lobby), new(News), Text(text), null);

    public UserRoute? UserRoute(string user) => (UserRoute?)Routes.Find(GrainKey.User(new(user)));

    public RoomRoute? RoomRoute() => (RoomRoute?)Routes.Find(GrainKey.StreamChannel(new(Lobby)));

    public TopicRoute? TopicRoute() => (TopicRoute?)Routes.Find(GrainKey.Topic(new(Lobby), new(News)));

    /// <summary>A grain delivers a batch.</summary>
    public DeliveryAck Deliver(string route, long epoch, long number, params DeliveryItem[] items)
    {
        var answer = _observer.DeliverAsync(new(route, epoch, number, [.. items], 0));
        Assert.True(answer.IsCompletedSuccessfully, "A delivery has to be answered at once.");
        return answer.Result;
    }

    public DeliveryAck DeliverToUser(string user, long number, params DeliveryItem[] items) =>
        Deliver(GrainKey.User(new(user)), Grains.User(user).Epoch, number, items);

    public DeliveryAck DeliverToLobby(long number, params DeliveryItem[] items) =>
        Deliver(GrainKey.StreamChannel(new(Lobby)), Grains.Room(Lobby).Epoch, number, items);

    public DeliveryAck DeliverNews(long number, params DeliveryItem[] items) =>
        Deliver(GrainKey.Topic(new(Lobby), new(News)), Grains.Topic(Lobby, News).Epoch, number, items);

    public static TopicMessage Message(long sequence, string text, string publisher = "pub") =>
        new(sequence, new(publisher), Text(text), 1000 + sequence, null, MessagePriority.Normal);

    public static TopicEvent Began(long sequence, string user) => new(sequence, true, new(News), new(user));

    public static Payload Text(string text) => new(MessageType.String, System.Text.Encoding.UTF8.GetBytes(text));

    /// <summary>What a client was told, in short, but for what each of its joins and leaves tells.</summary>
    public static IReadOnlyList<string> Told(FakeConnection connection) =>
        [.. connection.Events.Where(told => !IsOfCall(told)).Select(Describe)];

    /// <summary>All that a client was told, in short.</summary>
    public static IReadOnlyList<string> ToldInFull(FakeConnection connection) => [.. connection.Events.Select(Describe)];

    /// <summary>True when it tells the state of a channel that was joined or left by a call.</summary>
    public static bool IsOfCall(SessionEvent told) =>
        told is ConnectionEvent { Channel: not null, State: not ConnectionState.Failed };

    public static string Describe(SessionEvent sessionEvent) => sessionEvent switch
    {
        TopicMessagesEvent topic => string.Join(",", topic.Messages.Select(message => Read(message.Payload))),
        UserMessageEvent user => Read(user.Message.Payload),
        ChannelMessageEvent channel => Read(channel.Message.Payload),
        TopicPublisherEvent publisher => $"{(publisher.TopicEvent.IsJoin ? "+" : "-")}{publisher.TopicEvent.User}",
        TopicSnapshotEvent snapshot => $"snapshot[{string.Join(",", snapshot.Topics.Select(t => t.Topic.Value))}]",
        StorageEvent storage => $"{storage.Kind?.ToString() ?? "all"}@{storage.MajorRevision}"
            + $"[{string.Join(",", storage.Items.Select(item => $"{item.Key}={item.Value}"))}]",
        LocksEvent locks => $"{locks.Kind?.ToString() ?? "all"}"
            + $"({string.Join(",", locks.Locks.Select(one => $"{one.Name}:{one.Owner}"))})",
        TokenEvent token => $"{(token.IsExpired ? "expired" : "willExpire")}({token.Channel?.Value})",
        ConnectionEvent { Channel: { } channel } told => $"{channel} {told.State}/{told.Reason}",
        ConnectionEvent connection => $"{connection.State}/{connection.Reason}",
        _ => sessionEvent.ToString()!,
    };

    /// <summary>The gateway took the batch, and its items went to so many sessions each.</summary>
    public static void AssertReached(DeliveryAck ack, params int[] sessions)
    {
        Assert.True(ack.IsKnown);
        Assert.Equal(sessions, ack.Reached.ToArray());
    }

    public static void AssertAccepted<T>(Outcome<T> outcome) => Assert.True(outcome.IsAccepted, $"{outcome.Refusal}");

    public static void AssertRefused<T>(ErrorCode code, Outcome<T> outcome) =>
        Assert.Equal(code, outcome.Refusal?.Code);

    public void Dispose()
    {
        if (!_isDisposed)
            Registrar.Dispose();
        _isDisposed = true;
    }

    private static string Read(Payload payload) => System.Text.Encoding.UTF8.GetString(payload.Bytes.Span);
}
