using ImOrleans.Domain.Messages;
using ImOrleans.Grains.Abstractions.Delivery;
using ImOrleans.Grains.Abstractions.Rooms;
using ImOrleans.Grains.Abstractions.Topics;
using ImOrleans.Grains.Abstractions.Users;
using ImOrleans.Grains.Delivery;
using ImOrleans.Grains.Gateways;
using ImOrleans.Grains.Hosting;
using ImOrleans.Grains.Tests.Kit;
using ImOrleans.Grains.Users;
using ImOrleans.LocalRuntime;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace ImOrleans.Grains.Tests.Local;

/// <summary>
/// Grains on silos of their own and gateways on another, so that a silo can be lost without its gateways. Every call
/// between grains passes the <see cref="CallEdgeFilter"/>.
/// </summary>
public abstract class GrainTest : TurnTest, IAsyncLifetime
{
    private readonly List<TestSilo> _silos = [];
    private readonly List<FakeGateway> _gateways = [];
    private readonly TestSilo _host;

    protected GrainTest(int silos = 1)
    {
        Cluster = new LocalCluster(Clock, Turns, placementSeed: 1);
        _host = Do(() => TestSilo.StartAsync(Cluster, _ => { }));
        for (var i = 0; i < silos; i++)
            AddSilo();
        One = Gateway("g1");
        Two = Gateway("g2");
    }

    protected LocalCluster Cluster { get; }

    protected IReadOnlyList<TestSilo> Silos => _silos;

    private protected FakeLeases Leases { get; } = new();

    private protected CountingEpochs Epochs { get; } = new();

    private protected CallGate Gate { get; } = new();

    private protected FakeGateway One { get; }

    private protected FakeGateway Two { get; }

    protected IGrainFactory Grains => _host.Grains;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var silo in _silos.Append(_host))
            await silo.DisposeAsync();
    }

    protected TestSilo AddSilo()
    {
        var silo = Do(() => TestSilo.StartAsync(Cluster, builder =>
        {
            builder.AddGrains(typeof(UserGrain).Assembly);
            builder.AddGrains(typeof(StrayGrain));
            builder.Services.AddSingleton<IConfiguration>(new ConfigurationBuilder().Build());
            builder.Services.AddSingleton<IEpochSource>(Epochs);
            builder.Services.AddSingleton<IIncomingGrainCallFilter, CallEdgeFilter>();
            builder.Services.AddSingleton<IIncomingGrainCallFilter>(Gate);
            Configure(builder.Services);
            builder.Services.AddGrainServices();
        }));
        _silos.Add(silo);
        return silo;
    }

    protected virtual void Configure(IServiceCollection services) =>
        services.AddSingleton<IGatewayLeases>(Leases);

    protected TestSilo SiloAt(string address) =>
        _silos.Single(silo => silo.Address.ToParsableString() == address);

    private protected FakeGateway Gateway(string name)
    {
        var gateway = new FakeGateway(name);
        gateway.Ref = new(gateway.Id, Grains.CreateObjectReference<IGatewayObserver>(gateway));
        _gateways.Add(gateway);
        return gateway;
    }

    protected IUserGrain User(string name) => Grains.GetGrain<IUserGrain>(GrainKey.User(new(name)));

    protected IRoomGrain Room(string channel = "lobby") =>
        Grains.GetGrain<IRoomGrain>(GrainKey.StreamChannel(new(channel)));

    protected ITopicGrain Topic(string topic = "news", string channel = "lobby") =>
        Grains.GetGrain<ITopicGrain>(GrainKey.Topic(new(channel), new(topic)));

    private protected Outcome<RouteStamp> Connect(
        FakeGateway gateway, string user, long session, string device = "phone", TimeSpan? life = null) =>
        Do(() => User(user).ConnectAsync(new(
            gateway.Route(),
            new(gateway.Session(session), new(device), Clock.GetUtcNow() + (life ?? TimeSpan.FromHours(1)), []))));

    private protected Outcome<RoomJoined> JoinChannel(
        FakeGateway gateway, string user, long session, string channel = "lobby") =>
        Do(() => User(user).JoinChannelAsync(new(
            gateway.Route(), gateway.Route(), gateway.Session(session), new(channel), null)));

    private protected Outcome<RoomJoined> Join(
        FakeGateway gateway, string user, long session, string channel = "lobby", DateTimeOffset? expiresAt = null) =>
        Do(() => Room(channel).JoinAsync(new(gateway.Route(), gateway.Session(session), new(user), expiresAt)));

    private protected Outcome<Done> Leave(FakeGateway gateway, long session, string channel = "lobby") =>
        Do(() => Room(channel).LeaveAsync(new(gateway.Route(), gateway.Session(session))));

    private protected Outcome<RouteStamp> JoinTopic(
        FakeGateway gateway, long session, string topic = "news", string channel = "lobby") =>
        Do(() => Room(channel).JoinTopicAsync(new(
            gateway.Route(), gateway.Route(), gateway.Session(session), new(topic), Role())));

    private protected Outcome<Done> LeaveTopic(FakeGateway gateway, long session, string topic = "news") =>
        Do(() => Room().LeaveTopicAsync(new(
            gateway.Route(), gateway.Route(), gateway.Session(session), new(topic))));

    private protected Outcome<TopicSubscribed> Subscribe(
        FakeGateway gateway, long session, string topic = "news", params string[] users) =>
        Do(() => Room().SubscribeTopicAsync(new(
            gateway.Route(),
            gateway.Route(),
            gateway.Session(session),
            new(topic),
            [.. users.Select(user => new UserId(user))])));

    private protected Outcome<TopicPublished> Publish(
        FakeGateway gateway, long session, long epoch, string text = "hi", string topic = "news") =>
        Do(() => Topic(topic).PublishAsync(new(
            epoch, gateway.Session(session), Text(text), SenderTs: null)));

    protected static PublisherRole Role(MessagePriority priority = MessagePriority.Normal) =>
        new(TopicQos.Ordered, priority, null);

    protected static Payload Text(string text) => new(MessageType.String, System.Text.Encoding.UTF8.GetBytes(text));

    protected static T Accepted<T>(Outcome<T> outcome)
    {
        Assert.True(outcome.IsAccepted, outcome.Refusal?.ToString());
        return outcome.Value;
    }

    protected static void Refused<T>(ErrorCode code, Outcome<T> outcome) => Assert.Equal(code, outcome.Refusal?.Code);
}
