using Orleans.Runtime;

namespace ImOrleans.LocalRuntime;

public sealed partial class LocalSilo
{
    /// <summary>
    /// Sends a call of this silo's grains or host code, through the outgoing filters when there are any.
    /// </summary>
    internal Task<T> Send<T>(TaskCall<T> call)
    {
        call.RequestContext = Orleans.Runtime.RequestContext.Current;
        return OutgoingFilters.Length == 0 ? SendNow(call) : SendFiltered(call);
    }

    /// <summary>The same for a method that returns a value task with a result.</summary>
    internal ValueTask<T> Send<T>(ValueTaskCall<T> call)
    {
        call.RequestContext = Orleans.Runtime.RequestContext.Current;
        if (OutgoingFilters.Length > 0)
        {
            return new ValueTask<T>(SendFiltered(call));
        }

        SendNow(call);
        return call.Awaited;
    }

    /// <summary>The same for a method that returns a value task without a result.</summary>
    internal ValueTask SendVoid(ValueTaskCall<VoidResult> call)
    {
        call.RequestContext = Orleans.Runtime.RequestContext.Current;
        if (OutgoingFilters.Length > 0)
        {
            return new ValueTask(SendFiltered(call));
        }

        SendNow(call);
        return call.AwaitedVoid;
    }

    internal Task<T> SendNow<T>(TaskCall<T> call)
    {
        var answer = call.MakeAnswer();
        SendNow((GrainCall)call);
        return answer;
    }

    internal void SendNow(GrainCall call)
    {
        try
        {
            if (Copier is not null)
            {
                call.CopyArguments(Copier);
            }

            if (call.Method.CancellationIndex >= 0)
            {
                SendCancellable(call);
            }
            else if (TryExpectAnswer(call))
            {
                Deliver(call);
            }
        }
        catch (Exception exception)
        {
            if (!call.IsOneWay)
            {
                call.Fail(exception);
            }
            else
            {
                Log.OneWayCallFailed(call.ToString(), exception);
            }
        }
    }

    /// <summary>Passes on a call whose activation has ended.</summary>
    internal void Forward(GrainCall call)
    {
        try
        {
            if (call.Forwards++ >= _messaging.MaxForwardCount)
            {
                throw new OrleansMessageRejectionException(
                    $"Forwarding failed: tried to forward {call} {_messaging.MaxForwardCount} times.");
            }

            Cluster.Deliver(call, this);
        }
        catch (Exception exception)
        {
            call.FailUnlessOneWay(exception);
        }
    }

    private Task<T> SendFiltered<T>(GrainCall<T> call) =>
        GrainCall<T>.RunFilters(new OutgoingCallContext(call, this, OutgoingFilters));

    private void Deliver(GrainCall call)
    {
        if (call.Reference.Observer is { } observer)
        {
            if (Cluster.Carrier is { } carrier)
            {
                carrier.Carry(call, this, observer);
            }
            else
            {
                observer.Receive(call);
            }
        }
        else
        {
            Cluster.Deliver(call, this);
        }
    }

    /// <summary>Enters a call among those that wait. False when it has been failed, since the silo has left.</summary>
    private bool TryExpectAnswer(GrainCall call)
    {
        if (call.IsOneWay)
        {
            return Status is not (LocalSiloStatus.Killed or LocalSiloStatus.Stopped);
        }

        if (_pending.TryAdd(call))
        {
            return true;
        }

        call.FailTaken(new SiloUnavailableException($"{this} has left and cannot send {call}."));
        return false;
    }

    private void SendCancellable(GrainCall call)
    {
        var token = call.GetCancellationToken();
        if (!token.CanBeCanceled || call.IsOneWay)
        {
            if (TryExpectAnswer(call))
            {
                Deliver(call);
            }

            return;
        }

        if (!TryExpectAnswer(call))
        {
            return;
        }

        token.ThrowIfCancellationRequested();
        var cancellation = new CallCancellation(call, !_messaging.WaitForCancellationAcknowledgement);
        call.Cancellation = cancellation;
        call.SetArgument(call.Method.CancellationIndex, cancellation.CalleeToken);
        Deliver(call);
        cancellation.Listen(token);
        if (call.IsAbandoned)
        {
            cancellation.Dispose();
        }
    }

    public override string ToString() => $"{Name} ({SiloAddress})";
}
