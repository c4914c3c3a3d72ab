using System.Reflection;
using ImOrleans.Domain.Messages;
using ImOrleans.Grains.Abstractions.Delivery;
using ImOrleans.Grains.Abstractions.Rooms;
using ImOrleans.Grains.Abstractions.Topics;
using ImOrleans.Grains.Abstractions.Users;
using ImOrleans.Grains.Delivery;
using ImOrleans.Grains.Gateways;
using ImOrleans.Grains.Hosting;
using ImOrleans.Grains.Users;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Runtime.Hosting;

namespace ImOrleans.Grains.Tests.Kit;

/// <summary>
/// Grains on silos of their own and gateways on another, so that a silo can be lost without its gateways. Every call
/// between grains passes the <see cref="CallEdgeFilter"/>.
/// </summary>
public abstract class GrainTest : GrainRun
{
    // Observers are held weakly.
    private readonly List<FakeGateway> _gateways = [];

    protected GrainTest(int silos = 1)
    {
        StartSilos(silos, AddServices);
        One = Gateway("g1");
        Two = Gateway("g2");
    }

    /// <summary>What every silo of the test has.</summary>
    private protected void AddServices(IServiceCollection services)
    {
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().Build());
        services.AddSingleton<IEpochSource>(Epochs);
        services.AddSingleton<IIncomingGrainCallFilter, CallEdgeFilter>();
        services.AddSingleton<IIncomingGrainCallFilter>(Gate);
        Configure(services);
        services.AddGrainStorage("Default", (_, _) => Storage);
        services.AddGrainServices();
        // The tests say when the leases are read.
        services.Remove(services.Single(static service =>
            service.ImplementationFactory is Func<IServiceProvider, GatewayLeases>
            && service.ServiceType == typeof(IHostedService)));
    }

    /// <summary>Where the grain classes are.</summary>
    internal static Assembly[] Assemblies { get; } = [typeof(UserGrain).Assembly, typeof(StrayGrain).Assembly];

    private protected FakeLeases Leases { get; } = new();

    private protected CountingEpochs Epochs { get; } = new();

    /// <summary>Where all silos keep their states.</summary>
    private protected StateStorage Storage { get; } = new();

    private protected CallGate Gate { get; } = new();

    private protected FakeGateway One { get; }

    private protected FakeGateway Two { get; }

    protected virtual void Configure(IServiceCollection services) =>
        services.AddSingleton<IGatewayLeases>(Leases);

    protected GrainSilo SiloAt(string address) => Silos.Single(silo => silo.Address == address);

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
        FakeGateway gateway, long session, long epoch, string text = "hi", string topic = "news", long? number = null) =>
        Do(() => Topic(topic).PublishAsync(new(
            epoch, gateway.Session(session), Text(text), SenderTs: null, number ?? gateway.NextNumber())));

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
