using ImOrleans.Domain.Conversations;

namespace ImOrleans.TestKit.Conversations;

/// <summary>Takes writes through what a test wants to happen to them. Used under its owner's lock.</summary>
internal sealed class LogWrites
{
    private readonly Queue<LogFault> _faults = [];
    private readonly Queue<Action> _held = [];
    private readonly Queue<Action> _late = [];
    private readonly List<(int Count, TaskCompletionSource Reached)> _awaited = [];

    /// <summary>Whether writes wait.</summary>
    public bool IsHeld { get; set; }

    public int HeldCount => _held.Count;

    public void FailNext(IEnumerable<LogFault> faults)
    {
        foreach (var fault in faults)
            _faults.Enqueue(fault);
    }

    /// <summary>Ends when so many writes wait.</summary>
    public Task WhenHeld(int count)
    {
        if (_held.Count >= count)
            return Task.CompletedTask;
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _awaited.Add((count, reached));
        return reached.Task;
    }

    public Task<T> Add<T>(Func<T> apply)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!IsHeld)
        {
            Run(apply, done);
            return done.Task;
        }

        _held.Enqueue(() => Run(apply, done));
        foreach (var (_, reached) in _awaited.FindAll(one => one.Count <= _held.Count))
            reached.TrySetResult();
        return done.Task;
    }

    /// <summary>Lets writes that wait go, the oldest first.</summary>
    public void Release(int count)
    {
        for (; count > 0 && _held.TryDequeue(out var write); count--)
            write();
    }

    public int ApplyLate()
    {
        var count = 0;
        for (; _late.TryDequeue(out var write); count++)
            write();
        return count;
    }

    /// <summary>Whether it is done or refused: nobody waits for its answer any more.</summary>
    private static void ApplyUnheard<T>(Func<T> apply)
    {
        try
        {
            apply();
        }
        catch (ArgumentException)
        {
            // Refused.
        }
    }

    private void Run<T>(Func<T> apply, TaskCompletionSource<T> done)
    {
        var fault = _faults.Count > 0 ? _faults.Dequeue() : LogFault.None;
        try
        {
            if (fault is LogFault.None)
            {
                done.SetResult(apply());
                return;
            }

            if (fault is LogFault.Done)
                apply();
            else if (fault is LogFault.Late)
                _late.Enqueue(() => ApplyUnheard(apply));
            done.SetException(fault is LogFault.Refused
                ? new IOException("The store is away.")
                : new LogUnknownException("The commit failed.", new IOException("The store is away.")));
        }
        catch (ArgumentException failure)
        {
            done.SetException(failure);
        }
    }
}
