namespace ImOrleans.LocalRuntime;

/// <summary>Carries messages between silos where they may get lost or be late.</summary>
internal sealed class MessageCarrier(LocalCluster cluster, IMessageFaults? faults)
{
    /// <summary>Carries a request to a grain. False when the activation has ended, so that another has to be found.</summary>
    public bool TryCarry(GrainCall call, LocalSilo from, Activation to)
    {
        if (to.State == ActivationState.Invalid || to.Silo.IsGone)
        {
            return false;
        }

        Carry(call, from, to, () => Arrive(call, to));
        return true;
    }

    /// <summary>Carries a request to an observer.</summary>
    public void Carry(GrainCall call, LocalSilo from, Observer to) => Carry(call, from, to, () => to.Receive(call));

    /// <summary>Carries an answer back to the silo that waits for it.</summary>
    public void CarryAnswer(GrainCall call, Task completed)
    {
        if (call.PendingIn?.Owner is not { } to)
        {
            return;
        }

        var from = call.Target!.Silo;
        var fate = to == from ? MessageFate.Arrives : FateOf(call, from, to, isAnswer: true);
        if (fate.IsLost)
        {
            return;
        }

        if (fate.ArrivesIn is { } delay)
        {
            Schedule(delay, call.PrepareAnswer(completed));
        }
        else
        {
            call.AnswerNow(completed);
        }
    }

    private static void Arrive(GrainCall call, Activation to)
    {
        if (call.IsAbandoned || to.TryReceive(call))
        {
            return;
        }

        // Those who wait for a silo that has left were told so when it left.
        if (!to.Silo.IsGone)
        {
            to.Silo.View.Directory.Remove(to);
            to.Silo.Forward(call);
        }
    }

    private void Carry(GrainCall call, LocalSilo from, ICallTarget to, Action arrive)
    {
        if (from == to.Silo)
        {
            arrive();
            return;
        }

        // The end of its silo ends the wait, also while the message is on its way.
        call.Target = to;
        var fate = FateOf(call, from, to.Silo, isAnswer: false);
        if (fate.IsLost)
        {
            return;
        }

        if (fate.ArrivesIn is { } delay)
        {
            Schedule(delay, arrive);
        }
        else
        {
            arrive();
        }
    }

    private MessageFate FateOf(GrainCall call, LocalSilo from, LocalSilo to, bool isAnswer)
    {
        var isAcross = from.View != to.View;
        return faults?.Decide(new(
                from.SiloAddress,
                to.SiloAddress,
                call.TargetId,
                call.Method.Name,
                isAnswer,
                call.Reference.Observer is not null,
                isAcross))
            ?? (isAcross ? MessageFate.Lost : MessageFate.Arrives);
    }

    private void Schedule(TimeSpan delay, Action arrive)
    {
        var arrival = new Arrival(arrive);
        if (delay == TimeSpan.Zero)
        {
            cluster.Turns.Schedule(arrival);
        }
        else
        {
            arrival.ScheduleIn(delay, cluster);
        }
    }

    /// <summary>The arrival of a late message: a step of its own.</summary>
    private sealed class Arrival(Action arrive) : IThreadPoolWorkItem
    {
        private ITimer? _timer;

        public void Execute() => arrive();

        public void ScheduleIn(TimeSpan delay, LocalCluster cluster)
        {
            using var flow = ExecutionContext.IsFlowSuppressed() ? default : ExecutionContext.SuppressFlow();
            lock (this)
            {
                _timer = cluster.Time.CreateTimer(_ => Fire(cluster), this, delay, Timeout.InfiniteTimeSpan);
            }
        }

        private void Fire(LocalCluster cluster)
        {
            lock (this)
            {
                _timer?.Dispose();
            }

            cluster.Turns.Schedule(this);
        }
    }
}
