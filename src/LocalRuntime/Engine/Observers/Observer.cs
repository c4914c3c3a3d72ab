using Orleans;
using Orleans.Runtime;

namespace ImOrleans.LocalRuntime;

/// <summary>
/// An object of host code that grains call. Its calls run one after the other in the order they came, on the
/// turn scheduler, never inline in the caller's turn. The object is held weakly.
/// </summary>
internal sealed class Observer(LocalSilo silo, GrainId id, IGrainObserver target) : IThreadPoolWorkItem, ICallTarget
{
    private readonly Lock _lock = new();
    private readonly WeakReference<IGrainObserver> _target = new(target);
    private CallQueue _waiting;
    private bool _busy;
    private bool _closed;

    public LocalSilo Silo => silo;

    public GrainId Id => id;

    public ITurnScheduler Turns => silo.Cluster.Turns;

    /// <summary>
    /// Takes a call. When the object is gone its caller waits until its time limit, as nobody is there to answer; when
    /// the silo is gone it fails.
    /// </summary>
    public void Receive(GrainCall call)
    {
        if (!TryEnqueue(call, out var start))
        {
            silo.Observers.Forget(this);
            if (silo.IsGone)
            {
                call.FailUnlessOneWay(Gone());
            }
        }
        else if (start)
        {
            Turns.Schedule(this);
        }
    }

    /// <summary>Lets no call in any more; those that wait fail, the running one ends.</summary>
    public void Close()
    {
        GrainCall? waiting;
        lock (_lock)
        {
            _closed = true;
            waiting = _waiting.TakeAll();
        }

        for (; waiting is not null; waiting = waiting.Next)
        {
            waiting.FailUnlessOneWay(Gone());
        }
    }

    public void Execute()
    {
        if (Turns.IsDeterministic)
        {
            // Awaits of the observer come back to the same scheduler.
            Task.Factory.StartNew(
                RunNext, CancellationToken.None, TaskCreationOptions.DenyChildAttach, Turns.HostScheduler);
        }
        else
        {
            HeldAnswer.BeginTurn();
            RunNext();
            HeldAnswer.EndTurn();
        }
    }

    public Task Invoke(GrainCall call)
    {
        if (!_target.TryGetTarget(out var target))
        {
            throw Gone();
        }

        return silo.IncomingFilters.Length == 0
            ? call.InvokeMethod(target)
            : call.InvokeFiltered(new IncomingCallContext(call, null, target, silo.IncomingFilters));
    }

    public void Finish(GrainCall call, Task? completed)
    {
        if (completed is not null && !call.IsOneWay)
        {
            call.Answer(completed);
        }
        else if (completed?.Exception?.InnerException is { } exception)
        {
            silo.Log.OneWayCallFailed(call.ToString(), exception);
        }

        lock (_lock)
        {
            if (_waiting.IsEmpty)
            {
                _busy = false;
                return;
            }
        }

        Turns.Schedule(this);
    }

    public void Post(Action action) => Task.Factory.StartNew(
        action, CancellationToken.None, TaskCreationOptions.DenyChildAttach, Turns.HostScheduler);

    private bool TryEnqueue(GrainCall call, out bool start)
    {
        lock (_lock)
        {
            if (_closed || !_target.TryGetTarget(out _))
            {
                start = false;
                return false;
            }

            call.Target = this;
            _waiting.Add(call);
            start = !_busy;
            _busy = true;
            return true;
        }
    }

    private void RunNext()
    {
        GrainCall? call;
        lock (_lock)
        {
            call = _waiting.Head;
            if (call is null)
            {
                _busy = false;
                return;
            }

            _waiting.Remove(null, call);
        }

        if (call.IsAbandoned && silo.DropExpiredMessages)
        {
            Finish(call, null);
            return;
        }

        Orleans.Runtime.RequestContext.Current = call.RequestContext;
        call.Begin();
        Orleans.Runtime.RequestContext.Current = null;
    }

    private ClientNotAvailableException Gone() =>
        new($"No client with the observer {id} is available: it was deleted, collected, or its silo has left.");
}
