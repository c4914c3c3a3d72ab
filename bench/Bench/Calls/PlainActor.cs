using System.Collections.Concurrent;

namespace ImOrleans.Bench.Calls;

/// <summary>The least that an actor can be: a queue, turns on the thread pool, a completion source a call.</summary>
internal sealed class PlainActor : IThreadPoolWorkItem
{
    private static readonly ConcurrentDictionary<string, PlainActor> Actors = new();

    private readonly Queue<Call> _waiting = new();
    private bool _isScheduled;
    private long _sum;

    /// <summary>The actor of a key, made when there is none.</summary>
    public static PlainActor Get(string key) => Actors.GetOrAdd(key, static _ => new());

    /// <summary>Adds to the sum in a turn of the actor, and returns it.</summary>
    public Task<long> AddAsync(long value)
    {
        var call = new Call(value);
        lock (_waiting)
        {
            _waiting.Enqueue(call);
            if (_isScheduled)
                return call.Task;
            _isScheduled = true;
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: true);
        return call.Task;
    }

    /// <inheritdoc />
    public void Execute()
    {
        while (true)
        {
            Call? call;
            lock (_waiting)
            {
                if (!_waiting.TryDequeue(out call))
                {
                    _isScheduled = false;
                    return;
                }
            }

            call.SetResult(_sum += call.Value);
        }
    }

    private sealed class Call(long value) : TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public long Value { get; } = value;
    }
}
