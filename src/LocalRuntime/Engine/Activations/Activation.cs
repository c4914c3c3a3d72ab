using Orleans.Runtime;

namespace ImOrleans.LocalRuntime;

/// <summary>
/// One activation of a grain: its queue of calls, its own task scheduler, and its life from the first call to
/// the last. It runs one turn at a time; between turns it is nothing but this object and its grain.
/// </summary>
/// <remarks>
/// All fields that change are guarded by a lock on the object itself. User code never runs inside the lock.
/// <see cref="Activation"/>.Turns.cs runs the turns, .Calls.cs decides which call may start, .Life.cs starts
/// the activation and .End.cs ends it, .Context.cs is what grain code sees.
/// </remarks>
internal sealed partial class Activation : TaskScheduler, IThreadPoolWorkItem, ICallTarget, IGrainContext
{
    private readonly GrainKind _kind;
    private readonly GrainId _id;
    private object? _instance;
    private ActivationDetails? _details;
    private CallQueue _waiting;
    private ReadyTasks _ready;
    private GrainCall? _blocking;
    private int _running;
    private ActivationState _state;
    private bool _scheduled;
    private bool _inLifeStep;
    private bool _killed;

    public Activation(GrainKind kind, GrainId id)
    {
        _kind = kind;
        _id = id;
        IdleSince = kind.Silo.Cluster.Time.GetTimestamp();
    }

    public LocalSilo Silo => _kind.Silo;

    public GrainKind Kind => _kind;

    public ITurnScheduler Turns => _kind.Silo.Cluster.Turns;

    public GrainId GrainId => _id;

    public object? GrainInstance => _instance;

    public ActivationState State => _state;

    /// <summary>When the last use was seen by the collector; see <see cref="IdleCollector"/>.</summary>
    public long IdleSince { get; set; }

    /// <summary>True when the activation was used since the collector last looked.</summary>
    public bool Used { get; set; }

    private ActivationDetails Details
    {
        get
        {
            lock (this)
            {
                return _details ??= new ActivationDetails(Turns) { Number = Silo.Cluster.NextActivationNumber() };
            }
        }
    }

    public override string ToString() => $"{_id} on {Silo.SiloAddress}";
}
