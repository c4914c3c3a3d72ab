namespace ImOrleans.LocalRuntime;

/// <summary>
/// Turns on the calling thread, one step each, the next chosen by a seeded random: the same seed and the same
/// code give the same interleaving.
/// </summary>
/// <remarks>
/// Holds only while nothing leaves the scheduler: no thread pool, no real I/O, no <c>ConfigureAwait(false)</c>,
/// a clock that the test moves itself, and no <c>Task.WhenAll</c> or <c>WhenAny</c> over a completion source
/// that runs its continuations asynchronously, since these would run on the thread pool.
/// </remarks>
public sealed class SeededTurnScheduler : ITurnScheduler
{
    private readonly List<IThreadPoolWorkItem> _ready = [];
    private readonly Lock _lock = new();
    private readonly Random _random;
    private bool _running;

    public SeededTurnScheduler(int seed)
    {
        Seed = seed;
        _random = new Random(seed);
        HostScheduler = new HostTaskScheduler(this);
    }

    public int Seed { get; }

    public int StepsPerTurn => 1;

    public bool IsDeterministic => true;

    public TaskScheduler HostScheduler { get; }

    /// <summary>How many turns have run so far.</summary>
    public long Turns { get; private set; }

    public void Schedule(IThreadPoolWorkItem turn)
    {
        lock (_lock)
        {
            _ready.Add(turn);
        }
    }

    /// <summary>Runs turns until none is ready. Returns how many ran.</summary>
    public int RunUntilIdle() => RunWhile(static () => true);

    /// <summary>Starts an asynchronous function as host code on this scheduler, without running anything yet.</summary>
    public Task Start(Func<Task> root)
    {
        ArgumentNullException.ThrowIfNull(root);
        return Task.Factory.StartNew(
            root,
            CancellationToken.None,
            TaskCreationOptions.DenyChildAttach,
            HostScheduler).Unwrap();
    }

    /// <summary>Runs an asynchronous function as host code, and all turns it needs, to its end.</summary>
    /// <param name="root">The function. Its exception is thrown here.</param>
    /// <param name="whenIdle">
    /// Called when no turn is ready, to move the clock; false when it can do no more. Without it, or after
    /// false, a function that still waits is an error.
    /// </param>
    public void Run(Func<Task> root, Func<bool>? whenIdle = null)
    {
        var task = Start(root);
        while (!task.IsCompleted)
        {
            var ran = RunWhile(() => !task.IsCompleted);
            if (ran == 0 && !task.IsCompleted && whenIdle?.Invoke() != true)
            {
                throw new InvalidOperationException(
                    $"Seed {Seed}: no turn is ready and the clock stands still, but the function still waits.");
            }
        }

        task.GetAwaiter().GetResult();
    }

    private int RunWhile(Func<bool> more)
    {
        if (_running)
        {
            throw new InvalidOperationException("A turn must not run other turns.");
        }

        _running = true;
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            var count = 0;
            while (more() && TryTake(out var turn))
            {
                turn.Execute();
                count++;
                Turns++;
            }

            return count;
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
            _running = false;
        }
    }

    private bool TryTake([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out IThreadPoolWorkItem? turn)
    {
        lock (_lock)
        {
            if (_ready.Count == 0)
            {
                turn = null;
                return false;
            }

            var index = _random.Next(_ready.Count);
            turn = _ready[index];
            _ready[index] = _ready[^1];
            _ready.RemoveAt(_ready.Count - 1);
            return true;
        }
    }
}
