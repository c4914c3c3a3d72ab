namespace ImOrleans.LocalRuntime;

/// <summary>
/// Calls that wait for an answer under one time limit, oldest first. One timer, set to the oldest deadline,
/// serves them all: it is touched about once a time limit, not once a call.
/// </summary>
internal sealed class PendingQueue
{
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(1);

    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly long _limit;
    private readonly ITimer? _timer;
    private GrainCall? _head;
    private GrainCall? _tail;
    private bool _armed;
    private bool _closed;

    public PendingQueue(LocalSilo owner, TimeProvider time, TimeSpan limit)
    {
        Owner = owner;
        _time = time;
        Limit = limit;
        if (limit == Timeout.InfiniteTimeSpan)
        {
            return;
        }

        _limit = (long)(limit.TotalSeconds * time.TimestampFrequency);
        using var flow = ExecutionContext.IsFlowSuppressed() ? default : ExecutionContext.SuppressFlow();
        _timer = time.CreateTimer(
            static queue => ((PendingQueue)queue!).Expire(),
            this,
            Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan);
    }

    public TimeSpan Limit { get; }

    /// <summary>The silo whose calls wait here.</summary>
    public LocalSilo Owner { get; }

    /// <summary>Takes a call out of the queue it waits in. True for the one who may answer it.</summary>
    public static bool Remove(GrainCall call)
    {
        var queue = call.PendingIn;
        if (queue is null)
        {
            return false;
        }

        lock (queue._lock)
        {
            if (call.PendingIn is null)
            {
                return false;
            }

            queue.Unlink(call);
            return true;
        }
    }

    /// <summary>Adds a call. False when the silo has left and nothing would ever answer.</summary>
    public bool TryAdd(GrainCall call)
    {
        lock (_lock)
        {
            if (_closed)
            {
                return false;
            }

            call.PendingIn = this;
            call.PendingPrevious = _tail;
            if (_tail is null)
            {
                _head = call;
            }
            else
            {
                _tail.PendingNext = call;
            }

            _tail = call;
            if (_timer is not null)
            {
                call.Deadline = _time.GetTimestamp() + _limit;
                if (!_armed)
                {
                    _armed = true;
                    _timer.Change(Limit, Timeout.InfiniteTimeSpan);
                }
            }

            return true;
        }
    }

    /// <summary>Takes out all calls that match, so that the caller of this can fail them.</summary>
    public void TakeWhere(Func<GrainCall, bool> matches, List<GrainCall> taken)
    {
        lock (_lock)
        {
            for (var call = _head; call is not null;)
            {
                var next = call.PendingNext;
                if (matches(call))
                {
                    Unlink(call);
                    taken.Add(call);
                }

                call = next;
            }
        }
    }

    /// <summary>Lets no call in any more.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _closed = true;
        }
    }

    public void StopTimer() => _timer?.Dispose();

    private void Expire()
    {
        List<GrainCall>? expired = null;
        lock (_lock)
        {
            var now = _time.GetTimestamp();
            while (_head is { } oldest && oldest.Deadline <= now)
            {
                Unlink(oldest);
                (expired ??= []).Add(oldest);
            }

            _armed = _head is not null && !_closed;
            if (_armed)
            {
                var wait = _time.GetElapsedTime(now, _head!.Deadline);
                _timer!.Change(wait < ShortestWait ? ShortestWait : wait, Timeout.InfiniteTimeSpan);
            }
        }

        foreach (var call in expired ?? [])
        {
            call.TimeOut(Limit);
        }
    }

    private void Unlink(GrainCall call)
    {
        if (call.PendingPrevious is null)
        {
            _head = call.PendingNext;
        }
        else
        {
            call.PendingPrevious.PendingNext = call.PendingNext;
        }

        if (call.PendingNext is null)
        {
            _tail = call.PendingPrevious;
        }
        else
        {
            call.PendingNext.PendingPrevious = call.PendingPrevious;
        }

        call.PendingPrevious = null;
        call.PendingNext = null;
        call.PendingIn = null;
    }
}
