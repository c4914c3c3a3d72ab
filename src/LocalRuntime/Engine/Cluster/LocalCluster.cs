using Orleans;
using Orleans.Runtime;

namespace ImOrleans.LocalRuntime;

/// <summary>
/// What the silos of one process share: the grain directory, the clock, the turn scheduler, and who is alive.
/// </summary>
public sealed class LocalCluster
{
    private readonly Lock _lock = new();
    private readonly Placement _placement;
    private LocalSilo[] _alive = [];
    private int _siloCount;
    private long _activationCount;

    /// <param name="time">The clock of timers, time limits and idle collection.</param>
    /// <param name="turns">Where turns run; the thread pool when null.</param>
    /// <param name="placementSeed">Fixes which silos new activations go to.</param>
    public LocalCluster(TimeProvider? time = null, ITurnScheduler? turns = null, int placementSeed = 0)
    {
        Time = time ?? TimeProvider.System;
        Turns = turns ?? new ThreadPoolTurnScheduler();
        _placement = new Placement(placementSeed);
    }

    /// <summary>
    /// Raised once for each silo that left, stopped or killed, after its grains are out of the directory: a
    /// call made now goes to another silo. Runs on the thread that ended the silo; keep it short.
    /// </summary>
    public event Action<SiloAddress>? SiloLeft;

    public TimeProvider Time { get; }

    public ITurnScheduler Turns { get; }

    /// <summary>The silos that take new activations, oldest first.</summary>
    public IReadOnlyList<SiloAddress> AliveSilos =>
        Array.ConvertAll(Volatile.Read(ref _alive), static silo => silo.SiloAddress);

    /// <summary>How many activations there are on all silos.</summary>
    public int ActivationCount => Directory.Count;

    internal GrainDirectory Directory { get; } = new();

    internal GrainRegistry Grains { get; } = new();

    internal MemoryStores MemoryStores { get; } = new();

    internal LocalSilo[] Alive => Volatile.Read(ref _alive);

    internal long NextActivationNumber() => Interlocked.Increment(ref _activationCount);

    internal int NextSiloNumber() => Interlocked.Increment(ref _siloCount);

    internal void Join(LocalSilo silo)
    {
        lock (_lock)
        {
            Volatile.Write(ref _alive, [.. _alive, silo]);
        }
    }

    /// <summary>From now on no new activation goes to this silo.</summary>
    internal void Exclude(LocalSilo silo)
    {
        lock (_lock)
        {
            Volatile.Write(ref _alive, Array.FindAll(_alive, other => other != silo));
        }
    }

    internal void RaiseSiloLeft(SiloAddress silo) => SiloLeft?.Invoke(silo);

    /// <summary>Hands a call to the activation of its grain, making one when there is none.</summary>
    internal void Deliver(GrainCall call, LocalSilo caller)
    {
        var id = call.TargetId;
        while (true)
        {
            var activation = Directory.Find(id) ?? Place(id, caller);
            if (activation.TryReceive(call))
            {
                return;
            }

            // It has just ended, and leaves the directory now if it has not yet.
            Directory.Remove(activation);
        }
    }

    private Activation Place(GrainId id, LocalSilo caller)
    {
        var grainClass = Grains.Find(id.Type)
            ?? throw new OrleansException($"No grain class is known for {id}.");
        var kind = _placement.Choose(id, grainClass, Alive, caller)
            ?? throw new OrleansException($"No silo is alive that could take {id}.");
        var activation = Directory.GetOrAdd(new Activation(kind, id));
        if (Array.IndexOf(Alive, activation.Silo) < 0)
        {
            // Its silo began to leave while it was placed. It ends at once, and passes on what it was given;
            // or it takes nothing, when the silo has left.
            activation.Deactivate(new DeactivationReason(
                DeactivationReasonCode.ShuttingDown, "The silo is shutting down."));
        }

        return activation;
    }
}
