using Orleans;
using Orleans.Storage;

namespace ImOrleans.LocalRuntime;

internal sealed partial class Activation
{
    /// <summary>Takes a call into the queue. False when the activation or its silo is gone.</summary>
    /// <param name="call">The call.</param>
    /// <param name="mayBeginHere">True when it may begin in here, if nothing is before it.</param>
    public bool TryReceive(GrainCall call, bool mayBeginHere = false)
    {
        var beginsHere = mayBeginHere && IsCallersThread(call);
        var schedule = false;
        lock (this)
        {
            if (_state == ActivationState.Invalid || Silo.IsGone)
            {
                return false;
            }

            call.Target = this;
            beginsHere &= IsFreeFor(call);
            _waiting.Add(call);
            if (beginsHere)
            {
                TakeCall();
                _scheduled = true;
            }
            else
            {
                schedule = WakeLocked();
            }
        }

        if (beginsHere)
        {
            BeginHere(call);
        }
        else if (schedule)
        {
            Turns.Schedule(this);
        }

        return true;
    }

    public Task Invoke(GrainCall call)
    {
        var instance = _instance!;
        var filters = Silo.IncomingFilters;
        return filters.Length == 0 && !_kind.Class.IsCallFilter
            ? call.InvokeMethod(instance)
            : call.InvokeFiltered(new IncomingCallContext(call, this, instance, filters));
    }

    public void Finish(GrainCall call, Task? completed)
    {
        if (completed is { IsCompletedSuccessfully: false })
        {
            OnFailed(call, completed.Exception?.InnerException);
        }

        if (completed is not null && !call.IsOneWay)
        {
            call.Answer(completed);
        }

        bool schedule;
        lock (this)
        {
            _running--;
            if (_blocking == call)
            {
                _blocking = null;
            }

            Used |= (call.Options & CallOptions.NoKeepAlive) == 0;
            schedule = WakeLocked();
        }

        if (schedule)
        {
            Turns.Schedule(this);
        }
    }

    private void Begin(GrainCall call)
    {
        if (call.IsAbandoned && Silo.DropExpiredMessages)
        {
            Finish(call, null);
            return;
        }

        if (call.RequestContext is null)
        {
            call.Begin();
        }
        else
        {
            Orleans.Runtime.RequestContext.Current = call.RequestContext;
            call.Begin();
        }

        // What the method set belongs to its own flow; the next call of this turn starts clean.
        if (Orleans.Runtime.RequestContext.Current is not null)
        {
            Orleans.Runtime.RequestContext.Current = null;
        }
    }

    private void OnFailed(GrainCall call, Exception? exception)
    {
        if (exception is InconsistentStateException { IsSourceActivation: true } inconsistent)
        {
            // The state in memory is not what is stored: the next activation reads it again.
            inconsistent.IsSourceActivation = false;
            Deactivate(new DeactivationReason(DeactivationReasonCode.ApplicationError, exception, exception.Message));
        }

        if (call.IsOneWay && exception is not null)
        {
            Silo.Log.OneWayCallFailed(call.ToString(), exception);
        }
    }

    /// <summary>Whether a waiting call may start now. The rules are those of Orleans.</summary>
    private bool MayStart(GrainCall call)
    {
        if (_running == 0 || _blocking is null || _kind.Class.IsReentrant)
        {
            return true;
        }

        if ((call.Options & CallOptions.AlwaysInterleave) != 0)
        {
            return true;
        }

        return (call.Options & _blocking.Options & CallOptions.ReadOnly) != 0;
    }

    private bool MayTakeCall()
    {
        if (_state != ActivationState.Valid || _waiting.IsEmpty)
        {
            return false;
        }

        return MayStart(_waiting.Head!) || FindStartable(out _) is not null;
    }

    private GrainCall? TakeCall()
    {
        if (_state != ActivationState.Valid || _waiting.IsEmpty)
        {
            return null;
        }

        GrainCall? before = null;
        var call = MayStart(_waiting.Head!) ? _waiting.Head : FindStartable(out before);
        if (call is null)
        {
            return null;
        }

        _waiting.Remove(before, call);
        _running++;
        if ((call.Options & CallOptions.AlwaysInterleave) == 0)
        {
            _blocking ??= call;
        }

        return call;
    }

    private GrainCall? FindStartable(out GrainCall? before)
    {
        before = null;
        if (!_waiting.HasOvertaking)
        {
            return null;
        }

        for (var call = _waiting.Head; call is not null; call = call.Next)
        {
            if (MayStart(call))
            {
                return call;
            }

            before = call;
        }

        return null;
    }
}
