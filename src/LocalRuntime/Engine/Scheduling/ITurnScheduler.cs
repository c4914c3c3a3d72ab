namespace ImOrleans.LocalRuntime;

/// <summary>Runs the turns of activations and observers: the one source of concurrency in the runtime.</summary>
public interface ITurnScheduler
{
    /// <summary>How many steps of one activation run before another turn gets its chance.</summary>
    int StepsPerTurn { get; }

    /// <summary>True when the order of turns depends on nothing but the seed and what the turns do.</summary>
    bool IsDeterministic { get; }

    /// <summary>Where code that belongs to no grain runs: observers, and callers in host code.</summary>
    TaskScheduler HostScheduler { get; }

    /// <summary>
    /// How completions made by the runtime treat what waits for them. Waiters are queued on their own
    /// scheduler in any case; what belongs to none must leave the turn, for the thread pool, which only a
    /// scheduler that need not be deterministic can let it do.
    /// </summary>
    TaskCreationOptions CompletionOptions =>
        IsDeterministic ? TaskCreationOptions.None : TaskCreationOptions.RunContinuationsAsynchronously;

    /// <summary>Queues a turn. Never runs it inline. May be called from any thread.</summary>
    void Schedule(IThreadPoolWorkItem turn);
}
