using ImOrleans.Domain.Identifiers;
using ImOrleans.Domain.Messages;
using Orleans.Storage;

namespace ImOrleans.Simulation.Tests;

/// <summary>A world in which users keep metadata and locks: who they are, where it is stored, and what was stored.</summary>
internal sealed class Keeping
{
    /// <summary>The one whose metadata everybody writes.</summary>
    public const string Celebrity = "user0";

    public static readonly string[] Locks = ["door", "gate"];
    public static readonly string ChannelKey = GrainKey.SharedData(ChannelType.Stream, SimulatedWorld.Channel);
    public static readonly string UserKey = GrainKey.SharedData(ChannelType.User, Celebrity);

    private static readonly (StorageFaultOptions Faults, double LateRate)[] Storages =
    [
        (new(), 0),
        (
            new()
            {
                FailureRate = 0.02, UnknownOutcomeRate = 0.02, DelayRate = 0.2, MaxDelay = TimeSpan.FromMilliseconds(500),
            },
            0.01),
        (
            new()
            {
                FailureRate = 0.1, UnknownOutcomeRate = 0.1, InconsistencyRate = 0.02,
                DelayRate = 0.1, MaxDelay = TimeSpan.FromSeconds(6),
            },
            0.05),
    ];

    private readonly SimulatedWorld _world;
    private readonly SimulatedStore _store;
    private readonly FaultyGrainStorage _faulty;
    private bool _isCalm;

    public Keeping(SimulatedWorld world, int seed)
    {
        _world = world;
        History = new(world);
        var (faults, lateRate) = Storages[world.Random.Next(Storages.Length)];
        _store = new(world, History, lateRate);
        _faulty = new(_store, world.Clock, seed, faults);
        Keepers = [.. world.Users.Select(user => new Keeper(world, user))];
    }

    /// <summary>The store as silos see it.</summary>
    public IGrainStorage Storage => _faulty;

    public StoredHistory History { get; }

    public IReadOnlyList<Keeper> Keepers { get; }

    public KeepingFigures Figures => new(
        History.Changes, History.Grants, History.Expirations, History.Unknown, _faulty.Failures, _store.Landed);

    /// <summary>What goes wrong besides what goes wrong with single nodes: the store is away, or all have no power.</summary>
    public async Task RunTroubleAsync()
    {
        while (true)
        {
            await Task.Delay(_world.Between(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(20)), _world.Clock);
            if (_isCalm)
                return;
            if (_world.IsMostly(0.25))
                await _world.RestartAsync();
            else
                await LoseStoreAsync();
        }
    }

    /// <summary>The store does all that it is asked from now on.</summary>
    public void Calm()
    {
        _isCalm = _faulty.IsQuiet = _store.IsQuiet = true;
        _store.IsDown = false;
    }

    /// <summary>Why a user's locks must not end: it was seen all the time. Null when it may have been away.</summary>
    public string? WhyPresent(string user, TimeSpan ttl)
    {
        var since = _world.Clock.GetUtcNow() - ttl - TimeSpan.FromSeconds(15);
        if (_world.IsStormy || _world.CalmSince > since)
            return null;
        return Keepers.FirstOrDefault(keeper => keeper.Name == user)?.Now is { Connection.IsOpen: true, WatchesSince: { } from } visit
            && from <= since
                ? $"{visit} is there"
                : null;
    }

    private async Task LoseStoreAsync()
    {
        _world.Journal.Note($"the store is away");
        _store.IsDown = true;
        await Task.Delay(_world.Between(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(8)), _world.Clock);
        _store.IsDown = false;
        _world.Journal.Note($"the store is back");
    }
}
