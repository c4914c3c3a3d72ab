namespace ImOrleans.LocalRuntime;

/// <summary>All calls that one silo, its grains and its host code, wait for.</summary>
/// <remarks>Split over a few queues so that processors do not wait for each other; one when runs must repeat.</remarks>
internal sealed class PendingCalls
{
    private readonly LocalSilo _owner;
    private readonly TimeProvider _time;
    private readonly PendingQueue[] _queues;
    private readonly Lock _lock = new();
    private PendingQueue[] _others = [];
    private bool _closed;

    public PendingCalls(LocalSilo owner, TimeSpan limit)
    {
        _owner = owner;
        _time = owner.Cluster.Time;
        var count = owner.Cluster.Turns.IsDeterministic ? 1 : Math.Min(16, Environment.ProcessorCount);
        _queues = new PendingQueue[count];
        for (var i = 0; i < count; i++)
        {
            _queues[i] = new PendingQueue(owner, _time, limit);
        }
    }

    public bool TryAdd(GrainCall call)
    {
        if (call.Method.Timeout is { } limit)
        {
            return QueueFor(limit).TryAdd(call);
        }

        var queue = _queues.Length == 1 ? _queues[0] : _queues[Thread.GetCurrentProcessorId() % _queues.Length];
        return queue.TryAdd(call);
    }

    /// <summary>Fails all waiting calls that match.</summary>
    public void FailWhere(Func<GrainCall, bool> matches, Func<GrainCall, Exception> exception)
    {
        var taken = new List<GrainCall>();
        foreach (var queue in All())
        {
            queue.TakeWhere(matches, taken);
        }

        foreach (var call in taken)
        {
            call.FailTaken(exception(call));
        }
    }

    /// <summary>Lets no call in any more and fails those that wait.</summary>
    public void Close(Func<GrainCall, Exception> exception)
    {
        lock (_lock)
        {
            _closed = true;
        }

        foreach (var queue in All())
        {
            queue.Close();
        }

        FailWhere(static _ => true, exception);
        foreach (var queue in All())
        {
            queue.StopTimer();
        }
    }

    private PendingQueue[] All() => [.. _queues, .. Volatile.Read(ref _others)];

    private PendingQueue QueueFor(TimeSpan limit)
    {
        foreach (var queue in Volatile.Read(ref _others))
        {
            if (queue.Limit == limit)
            {
                return queue;
            }
        }

        lock (_lock)
        {
            var queue = Array.Find(_others, other => other.Limit == limit);
            if (queue is null)
            {
                queue = new PendingQueue(_owner, _time, limit);
                if (_closed)
                {
                    queue.Close();
                }

                Volatile.Write(ref _others, [.. _others, queue]);
            }

            return queue;
        }
    }
}
