using ImOrleans.Domain.Conversations;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Gateway.Auth;
using ImOrleans.Gateway.Channels;
using ImOrleans.Gateway.Conversations;
using ImOrleans.Gateway.Routing;
using ImOrleans.Gateway.Sessions;
using ImOrleans.Gateway.SharedData;
using ImOrleans.Grains.Delivery;
using ImOrleans.Grains.Gateways;
using ImOrleans.Grains.Hosting;
using ImOrleans.Grains.Rooms;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Orleans.Providers;
using Orleans.Runtime.Hosting;

namespace ImOrleans.Simulation.Tests;

/// <summary>A silo with a gateway in it, or a gateway alone: the real types, without wire and web server.</summary>
internal sealed class SimulatedNode
{
    private static readonly Dictionary<string, string?> Settings = new()
    {
        // Shorter than as delivered, so that a run sees every one of them at work.
        ["GatewayLeases:LeaseDuration"] = "00:00:06",
        ["GatewayLeases:PollPeriod"] = "00:00:02",
        ["Rooms:MembersMax"] = $"{SimulatedWorld.MembersMax}",
        ["MessageChannels:SubscribersMax"] = $"{SimulatedWorld.MembersMax}",
        ["MessageChannels:RecentMessagesMax"] = $"{SimulatedWorld.RecentMessagesMax}",
        ["Rooms:RecoveryWindow"] = "00:00:05",
        ["Delivery:LeaseCheckPeriod"] = "00:00:02",
    };

    private static readonly AppCredentials App = new(new('a', 32), new('b', 32));

    private readonly SimulatedWorld _world;
    private readonly ServiceProvider _services;
    private readonly CancellationTokenSource _ending = new();
    private readonly List<SimulatedConnection> _connections = [];
    private RouteRegistrar _registrar = null!;
    private GatewayObservers _observers = null!;
    private GatewayUpkeep _upkeep = null!;
    private InboxUpkeep _inboxes = null!;

    private SimulatedNode(SimulatedWorld world, ServiceProvider services, bool hasGrains)
    {
        (_world, _services, HasGrains) = (world, services, hasGrains);
        Silo = services.GetRequiredService<LocalSilo>();
    }

    public LocalSilo Silo { get; }

    public bool HasGrains { get; }

    /// <summary>True while clients can connect here.</summary>
    public bool IsOpen { get; private set; } = true;

    /// <summary>True when nothing of it runs any more.</summary>
    public bool IsKilled => Silo.Status == LocalSiloStatus.Killed;

    public SessionLifecycle Lifecycle { get; private set; } = null!;

    public StreamChannelCalls Channels { get; private set; } = null!;

    public TopicCalls Topics { get; private set; } = null!;

    public MessageChannelCalls MessageChannels { get; private set; } = null!;

    public MetadataCalls Metadata { get; private set; } = null!;

    public LockCalls Locks { get; private set; } = null!;

    public ChatCalls Chats { get; private set; } = null!;

    public static async Task<SimulatedNode> StartAsync(SimulatedWorld world, bool hasGrains)
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(Settings).Build());
        services.AddSingleton<ICallValueCopier, DeepCopier>();
        services.AddSingleton<IEpochSource>(world.Epochs);
        services.AddLocalSilo(
            silo =>
            {
                if (hasGrains)
                    silo.AddGrains(typeof(RoomGrain).Assembly);
                silo.Services.AddGrainServices();
                if (world.Keeping is { } keeping)
                    silo.Services.AddGrainStorage(ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME, (_, _) => keeping.Storage);
                if (world.Chatting is { } chatting)
                {
                    silo.AddMemoryGrainStorageAsDefault();
                    silo.Services.AddSingleton<IMessageLog>(chatting.Log);
                }

                world.Options.Plant?.Invoke(silo);
            },
            world.Cluster);
        var node = new SimulatedNode(world, services.BuildServiceProvider(), hasGrains);
        await node.Silo.StartAsync(CancellationToken.None);
        await node.StartGatewayAsync();
        if (hasGrains)
            _ = node.PollLeasesAsync();
        world.Journal.Note($"{node} starts");
        return node;
    }

    public SimulatedConnection Connect(SimulatedUser user)
    {
        var connection = new SimulatedConnection(_world, this, user);
        _connections.Add(connection);
        return connection;
    }

    public void Forget(SimulatedConnection connection) => _connections.Remove(connection);

    /// <summary>The machine is gone: nothing of it runs any more, and its clients lose their connections.</summary>
    public void Kill()
    {
        if (Silo.Status is LocalSiloStatus.Killed or LocalSiloStatus.Stopped)
            return;
        _world.Journal.Note($"{this} is killed");
        End();
        Silo.Kill();
        Drop();
    }

    /// <summary>The others take it for dead; it goes on, until it is killed.</summary>
    public void Partition()
    {
        _world.Journal.Note($"{this} is partitioned");
        Silo.Partition();
    }

    /// <summary>Leaves in order: clients are sent elsewhere first, then the grains go.</summary>
    public async Task StopAsync()
    {
        _world.Journal.Note($"{this} stops");
        IsOpen = false;
        var sessions = Lifecycle.All.OrderBy(session => session.Id.Number).ToList();
        foreach (var session in sessions)
            session.Connection?.Close(Domain.Errors.DisconnectCode.Shutdown);
        foreach (var session in sessions)
            await Lifecycle.EndAsync(session);
        await _upkeep.StopAsync();
        _observers.Stop();
        await Silo.StopAsync(CancellationToken.None);
        End();
        Drop();
        _world.Journal.Note($"{this} has stopped");
    }

    public override string ToString() => Silo.Name;

    private async Task StartGatewayAsync()
    {
        var clock = _world.Clock;
        var grains = Silo.Factory;
        var identity = new GatewayIdentity(new GatewayId($"gateway-{Silo.Name}"));
        _observers = new(grains, identity);
        _registrar = new(identity, _observers, clock, NullLogger<RouteRegistrar>.Instance);
        var tokens = new AckTokens(App);
        var posts = new ConversationPosts(tokens);
        var routes = new RouteTable(grains, _registrar, posts, clock);
        var caller = new RouteCaller(_registrar, NullLogger<RouteCaller>.Instance);
        var records = new SessionRecords(routes, caller);
        var feeds = new SharedDataFeeds(routes, caller, _registrar, records);
        Channels = new(routes, caller, _registrar, feeds, clock);
        Topics = new(routes, caller, _registrar);
        MessageChannels = new(routes, caller, _registrar, feeds, grains);
        Metadata = new(grains, feeds, _registrar, Options.Create(new MetadataOptions()));
        Locks = new(grains, routes, caller, _registrar, records, clock);
        var groups = new ChatGroups(routes, _registrar, clock);
        Chats = new(grains, tokens, groups, posts);
        Lifecycle = new(
            identity, routes, caller, Channels, MessageChannels, feeds,
            groups,
            new SessionMover(routes, Channels, Topics, MessageChannels, feeds, Locks, _registrar), records,
            Options.Create(new SessionOptions()),
            Options.Create(new SessionOutboxOptions()),
            Options.Create(new RateLimitOptions()), clock, NullLogger<SessionLifecycle>.Instance);
        routes.Notices = Lifecycle;
        _registrar.Settled = routes.DropIfUnused;
        _observers.Start(routes, _registrar);
        _upkeep = new(
            identity, routes, _registrar, new SiloNews(_world, Silo), grains,
            Options.Create(new GatewayOptions { LeaseRenewal = TimeSpan.FromSeconds(2), CheckRoundSeconds = 5 }),
            clock, NullLogger<GatewayUpkeep>.Instance);
        await _upkeep.StartAsync();
        _inboxes = new(identity, Lifecycle, grains, clock, NullLogger<InboxUpkeep>.Instance);
        _inboxes.Start();
    }

    private async Task PollLeasesAsync()
    {
        var leases = _services.GetRequiredService<GatewayLeases>();
        using var period = new PeriodicTimer(TimeSpan.FromSeconds(2), _world.Clock);
        try
        {
            while (await period.WaitForNextTickAsync(_ending.Token))
                await leases.PollAsync();
        }
        catch (OperationCanceledException)
        {
            // The node ends.
        }
    }

    private void End()
    {
        IsOpen = false;
        // One that stops can be killed meanwhile.
        if (_ending.IsCancellationRequested)
            return;
        _ending.Cancel();
        _registrar.Dispose();
        _ = _inboxes.StopAsync();
    }

    private void Drop()
    {
        foreach (var connection in _connections.ToArray())
            connection.Drop();
    }
}
