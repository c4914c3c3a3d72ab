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
    private MessageCarrier? _carrier;
    private int _siloCount;
    private long _activationCount;

    /// <param name="time">The clock of timers, time limits and idle collection.</param>
    /// <param name="turns">Where turns run; the thread pool when null.</param>
    /// <param name="placementSeed">Fixes which silos new activations go to.</param>
    /// <param name="faults">What goes wrong between the silos; nothing when null.</param>
    public LocalCluster(
        TimeProvider? time = null, ITurnScheduler? turns = null, int placementSeed = 0, IMessageFaults? faults = null)
    {
        Time = time ?? TimeProvider.System;
        Turns = turns ?? new ThreadPoolTurnScheduler();
        _carrier = faults is null ? null : new MessageCarrier(this, faults);
        _placement = new Placement(placementSeed);
    }

    /// <summary>
    /// Raised once for each silo that left, was stopped, killed or partitioned, after its grains are out of the
    /// directory: a call made now goes to another silo. Runs on the thread that ended the silo; keep it short.
    /// </summary>
    public event Action<SiloAddress>? SiloLeft;

    public TimeProvider Time { get; }

    public ITurnScheduler Turns { get; }

    /// <summary>The silos that take new activations, oldest first.</summary>
    public IReadOnlyList<SiloAddress> AliveSilos =>
        Array.ConvertAll(SharedView.Alive, static silo => silo.SiloAddress);

    /// <summary>How many activations there are on all silos.</summary>
    public int ActivationCount => Directory.Count;

    internal ClusterView SharedView { get; } = new(new GrainDirectory(), []);

    internal GrainDirectory Directory => SharedView.Directory;

    /// <summary>What carries messages between silos; null when nothing can happen to them.</summary>
    internal MessageCarrier? Carrier => Volatile.Read(ref _carrier);

    internal GrainRegistry Grains { get; } = new();

    internal MemoryStores MemoryStores { get; } = new();

    internal long NextActivationNumber() => Interlocked.Increment(ref _activationCount);

    internal int NextSiloNumber() => Interlocked.Increment(ref _siloCount);

    internal void Join(LocalSilo silo) => SharedView.Add(silo);

    /// <summary>
    /// The others take this silo for dead: its activations are out of their directory, and whoever waits for it is told.
    /// </summary>
    /// <returns>What the silo goes on believing: it is alone, and the grains that it knew are where they were.</returns>
    internal ClusterView CutOff(LocalSilo silo)
    {
        lock (_lock)
        {
            _carrier ??= new MessageCarrier(this, null);
        }

        var own = new ClusterView(Directory.Copy(), [silo]);
        SharedView.Remove(silo);
        foreach (var activation in own.Directory.On(silo))
        {
            Directory.Remove(activation);
        }

        return own;
    }

    internal void RaiseSiloLeft(SiloAddress silo) => SiloLeft?.Invoke(silo);

    /// <summary>Hands a call to the activation of its grain, making one when there is none.</summary>
    internal void Deliver(GrainCall call, LocalSilo caller)
    {
        var id = call.TargetId;
        var view = caller.View;
        while (true)
        {
            var activation = view.Directory.Find(id) ?? Place(id, caller, view);
            if (Carrier is { } carrier
                ? carrier.TryCarry(call, caller, activation)
                : activation.TryReceive(call, caller.BeginsOnCallersThread))
            {
                return;
            }

            // It has just ended, and leaves the directory now if it has not yet.
            view.Directory.Remove(activation);
        }
    }

    private Activation Place(GrainId id, LocalSilo caller, ClusterView view)
    {
        var grainClass = Grains.Find(id.Type)
            ?? throw new OrleansException($"No grain class is known for {id}.");
        var kind = _placement.Choose(id, grainClass, view.Alive, caller)
            ?? throw new OrleansException($"No silo is alive that could take {id}.");
        var activation = view.Directory.GetOrAdd(new Activation(kind, id));
        if (Array.IndexOf(view.Alive, activation.Silo) < 0)
        {
            // Its silo began to leave while it was placed. It ends at once, and passes on what it was given;
            // or it takes nothing, when the silo has left.
            activation.Deactivate(new DeactivationReason(
                DeactivationReasonCode.ShuttingDown, "The silo is shutting down."));
        }

        return activation;
    }
}
