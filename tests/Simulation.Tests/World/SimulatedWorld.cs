namespace ImOrleans.Simulation.Tests;

/// <summary>
/// A cluster, its users and its misfortunes, all of one seed: on one thread, on a clock that moves when nothing else does.
/// </summary>
internal sealed class SimulatedWorld
{
    public const string Channel = "lobby";
    public const int MembersMax = 8;
    public const int RecentMessagesMax = 20;

    public static readonly string[] Topics = ["news", "chat"];
    public static readonly string[] MessageChannels = ["alerts", "lobby"];

    private static readonly MessageFaultOptions[] Networks =
    [
        new() { LeakRate = 0.5 },
        new() { LossRate = 0.005, DelayRate = 0.1, ReorderRate = 0.2, LeakRate = 1 },
        new() { LossRate = 0.03, DelayRate = 0.2, MaxDelay = TimeSpan.FromSeconds(2), ReorderRate = 0.3, LeakRate = 0.8 },
    ];

    /// <summary>What is this late comes after its caller has given it up, and gone on.</summary>
    private static readonly MessageFaultOptions Stalling =
        new() { LossRate = 0.005, DelayRate = 0.05, MaxDelay = TimeSpan.FromSeconds(15), ReorderRate = 0.2, LeakRate = 0.8 };

    private readonly SeededTurnScheduler _turns;
    private readonly List<SimulatedNode> _nodes = [];

    private SimulatedWorld(int seed, SimulationOptions options)
    {
        Options = options;
        Random = new(seed);
        _turns = new(seed);
        Journal = new(Clock, options.KeepsLines);
        Epochs = new(Clock);
        var networks = options.Flow is SimulationFlow.SharedData or SimulationFlow.Conversations ? [.. Networks, Stalling] : Networks;
        Faults = new(seed, networks[Random.Next(networks.Length)]);
        Cluster = new(Clock, _turns, seed, new NotedNetwork(this, Faults));
        Publications = new(this);
        ChannelLog = new(this);
        Users = [.. Enumerable.Range(0, Random.Next(3, MembersMax - 1)).Select(i => new SimulatedUser(this, $"user{i}"))];
        ChannelUsers = [.. Users.Select(user => new ChannelUser(this, user))];
        Keeping = options.Flow == SimulationFlow.SharedData ? new(this, seed) : null;
        Chatting = options.Flow == SimulationFlow.Conversations ? new(this) : null;
    }

    public SimulationOptions Options { get; }

    public ManualTimeProvider Clock { get; } = new();

    public Random Random { get; }

    public Journal Journal { get; }

    public CountedEpochs Epochs { get; }

    public SeededMessageFaults Faults { get; }

    public LocalCluster Cluster { get; }

    public Publications Publications { get; }

    public ChannelLog ChannelLog { get; }

    public IReadOnlyList<SimulatedUser> Users { get; }

    /// <summary>The same users, when they use message channels.</summary>
    public IReadOnlyList<ChannelUser> ChannelUsers { get; }

    /// <summary>What the same users keep; null when they do something else.</summary>
    public Keeping? Keeping { get; }

    /// <summary>What the same users write to each other; null when they do something else.</summary>
    public Chatting? Chatting { get; }

    public IReadOnlyList<SimulatedNode> Nodes => _nodes;

    /// <summary>True until users stop doing what comes to their minds.</summary>
    public bool IsStormy { get; private set; } = true;

    /// <summary>How often a client came back to its session.</summary>
    public long Resumed { get; set; }

    /// <summary>How often that was one whose gateway was lost.</summary>
    public long ResumedFromLost { get; set; }

    /// <summary>When the last fault was over.</summary>
    public DateTimeOffset CalmSince { get; set; } = DateTimeOffset.MaxValue;

    /// <summary>Counts what users begin and what they are answered.</summary>
    public long Moment { get; private set; }

    /// <summary>Runs a world to its end.</summary>
    public static SimulationResult Run(int seed, SimulationOptions? options = null)
    {
        var world = new SimulatedWorld(seed, options ?? new());
        try
        {
            world._turns.Run(world.LiveAsync, () => world.Clock.AdvanceToNextTimer());
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            world.Journal.Violate($"{failure}");
        }

        return new(
            seed, world.Journal.Hash, world.Journal.Violations, world.Journal.Lines, world._turns.Turns,
            world.Publications.Count + world.ChannelLog.Count, world.Publications.Deliveries + world.ChannelLog.Deliveries,
            world.Faults.Lost, world.Faults.Leaked, world.ChannelLog.Replays.Recovered, world.ChannelLog.Replays.Lost,
            world.Resumed, world.ResumedFromLost, world.Keeping?.Figures, world.Chatting?.Figures);
    }

    public long NextMoment() => ++Moment;

    /// <summary>Does something where no silo is, so that none takes it with it when it dies.</summary>
    public Task ApartAsync(Action act) => _turns.Start(() =>
    {
        act();
        return Task.CompletedTask;
    });

    /// <inheritdoc cref="ApartAsync(Action)" />
    public Task ApartAsync(Func<Task> act) => _turns.Start(act);

    public bool IsMostly(double probability) => Random.NextDouble() < probability;

    public TimeSpan Between(TimeSpan shortest, TimeSpan longest) =>
        shortest + TimeSpan.FromTicks((long)((longest - shortest).Ticks * Random.NextDouble()));

    public async Task AddNodeAsync(bool hasGrains) => _nodes.Add(await SimulatedNode.StartAsync(this, hasGrains));

    /// <summary>The power is cut: all that was not stored is gone. It comes back at once.</summary>
    public async Task RestartAsync()
    {
        Journal.Note($"all nodes are restarted");
        foreach (var node in _nodes)
            node.Kill();
        await AddNodeAsync(hasGrains: true);
        await AddNodeAsync(hasGrains: true);
    }

    /// <summary>A node that takes connections; null when there is none.</summary>
    public SimulatedNode? PickNode()
    {
        var open = _nodes.Where(node => node.IsOpen).ToArray();
        return open.Length == 0 ? null : open[Random.Next(open.Length)];
    }

    private async Task LiveAsync()
    {
        await AddNodeAsync(hasGrains: true);
        await AddNodeAsync(hasGrains: true);
        await AddNodeAsync(hasGrains: IsMostly(0.5));
        Task[] lives = Options.Flow switch
        {
            SimulationFlow.Topics => [.. Users.Select(user => user.LiveAsync())],
            SimulationFlow.MessageChannels => [.. ChannelUsers.Select(user => user.LiveAsync())],
            SimulationFlow.SharedData => [.. Keeping!.Keepers.Select(keeper => keeper.LiveAsync())],
            _ => [.. Chatting!.Chatters.Select(chatter => chatter.LiveAsync())],
        };
        _ = Keeping?.RunTroubleAsync();
        _ = Chatting?.RunTroubleAsync();
        _ = Chatting?.RunAppServerAsync();
        var trouble = new Troublemaker(this);
        await trouble.RunAsync();
        await trouble.EndAsync();
        IsStormy = false;
        foreach (var life in lives)
            await life;
        await (Options.Flow switch
        {
            SimulationFlow.Topics => new Aftermath(this).CheckAsync(),
            SimulationFlow.MessageChannels => new ChannelAftermath(this).CheckAsync(),
            SimulationFlow.SharedData => new KeepersAftermath(this).CheckAsync(),
            _ => new ChatAftermath(this).CheckAsync(),
        });
    }
}
