using Orleans;

namespace ImOrleans.LocalRuntime;

internal sealed partial class Activation
{
    public Task Deactivated
    {
        get
        {
            var details = Details;
            lock (this)
            {
                return _killed ? Task.CompletedTask : details.Deactivated.Task;
            }
        }
    }

    public void Deactivate(DeactivationReason deactivationReason, CancellationToken cancellationToken = default)
    {
        var details = Details;
        bool schedule;
        lock (this)
        {
            if (_state is ActivationState.Deactivating or ActivationState.Invalid)
            {
                return;
            }

            details.Reason = deactivationReason;
            details.WasValid = _state == ActivationState.Valid;
            _state = ActivationState.Deactivating;
            schedule = WakeLocked();
        }

        if (schedule)
        {
            Turns.Schedule(this);
        }
    }

    /// <summary>The silo dies: no turn of this activation starts any more, and nothing is told to the grain.</summary>
    public void Kill()
    {
        List<GrainTimer>? timers;
        lock (this)
        {
            _killed = true;
            _state = ActivationState.Invalid;
            _ready.Clear();
            _waiting.TakeAll();
            timers = _details?.Timers;
        }

        foreach (var timer in timers ?? [])
        {
            timer.Stop();
        }

        _details?.Deactivated.TrySetResult();
    }

    /// <summary>
    /// Begins to end the activation if it has idled longer than its age. True when it did.
    /// </summary>
    public bool TryCollect(long now, DateTimeOffset utcNow)
    {
        lock (this)
        {
            if (Used)
            {
                Used = false;
                IdleSince = now;
            }

            var age = _kind.CollectionAge;
            var idle = _state == ActivationState.Valid && _running == 0 && _waiting.IsEmpty && _ready.IsEmpty;
            if (!idle || age == Timeout.InfiniteTimeSpan
                || Silo.Cluster.Time.GetElapsedTime(IdleSince, now) < age
                || _details?.KeepUntil > utcNow.UtcTicks)
            {
                return false;
            }
        }

        Deactivate(new DeactivationReason(DeactivationReasonCode.ActivationIdle, "The activation was idle."));
        return true;
    }

    private async Task EndAsync()
    {
        var details = Details;
        StopTimers();
        var source = new CancellationTokenSource();
        try
        {
            if (details.WasValid && _instance is IGrainBase grain)
            {
                await WithLimit(
                    grain.OnDeactivateAsync(details.Reason, source.Token),
                    source,
                    _kind.DeactivationTimeout,
                    "OnDeactivateAsync");
            }

            if (details.Lifecycle is { } lifecycle)
            {
                await WithLimit(lifecycle.StopAsync(source.Token), source, _kind.DeactivationTimeout, "The lifecycle");
            }
        }
        catch (Exception exception)
        {
            Silo.Log.DeactivationFailed(_id.ToString(), exception);
        }

        await DisposeInstanceAsync(details);
        Leave(details);
    }

    private async Task DisposeInstanceAsync(ActivationDetails details)
    {
        try
        {
            switch (_instance)
            {
                case IAsyncDisposable instance:
                    await instance.DisposeAsync();
                    break;
                case IDisposable instance:
                    instance.Dispose();
                    break;
            }

            if (details.Scope is IAsyncDisposable scope)
            {
                await scope.DisposeAsync();
            }
        }
        catch (Exception exception)
        {
            Silo.Log.DeactivationFailed(_id.ToString(), exception);
        }
    }

    /// <summary>Leaves the directory, and sends what still waits to the next activation.</summary>
    private void Leave(ActivationDetails details)
    {
        GrainCall? waiting;
        lock (this)
        {
            if (_killed)
            {
                return;
            }

            _state = ActivationState.Invalid;
            waiting = _waiting.TakeAll();
        }

        Silo.View.Directory.Remove(this);
        details.Deactivated.TrySetResult();
        while (waiting is not null)
        {
            var next = waiting.Next;
            waiting.Next = null;
            if (details.Failure is { } failure)
            {
                waiting.FailUnlessOneWay(failure);
            }
            else if ((waiting.Options & CallOptions.LocalOnly) == 0)
            {
                Silo.Forward(waiting);
            }

            waiting = next;
        }
    }

    private void StopTimers()
    {
        List<GrainTimer>? timers;
        lock (this)
        {
            timers = _details?.Timers;
            if (_details is not null)
            {
                _details.Timers = null;
            }
        }

        foreach (var timer in timers ?? [])
        {
            timer.Stop();
        }
    }
}
