namespace ImOrleans.LocalRuntime;

/// <summary>Turns on the thread pool: the scheduler of production.</summary>
public sealed class ThreadPoolTurnScheduler : ITurnScheduler
{
    /// <summary>
    /// Enough to spread the cost of a turn, few enough that a busy grain does not hold a thread for long.
    /// </summary>
    public int StepsPerTurn => 32;

    public bool IsDeterministic => false;

    public TaskScheduler HostScheduler => TaskScheduler.Default;

    public void Schedule(IThreadPoolWorkItem turn) => ThreadPool.UnsafeQueueUserWorkItem(turn, preferLocal: true);
}
