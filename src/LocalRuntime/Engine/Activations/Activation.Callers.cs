namespace ImOrleans.LocalRuntime;

/// <summary>Turns on the threads of those who call.</summary>
internal sealed partial class Activation
{
    private static readonly ContextCallback BeginTaken = static self => ((Activation)self!).RunPump(Step.BeginCall);

    /// <summary>The context of a thread of the pool that nobody has put anything into.</summary>
    private static ExecutionContext? _plainContext;

    /// <summary>True when this thread is free for a turn: it belongs to host code and to no scheduler.</summary>
    private static bool IsCallersThread(GrainCall call) =>
        call.Source is null
        && !call.IsOneWay
        && RuntimeContext.Current is null
        && _plainContext is not null
        && Thread.CurrentThread.IsThreadPoolThread
        && SynchronizationContext.Current is null
        && Current == Default
        && !HeldAnswer.IsTurn;

    /// <summary>True when the call would be the next step of this activation. Called inside the lock.</summary>
    private bool IsFreeFor(GrainCall call) =>
        !_scheduled && !_killed && _state == ActivationState.Valid && _waiting.IsEmpty && _ready.IsEmpty
        && HasLifeStep() == Step.None && MayStart(call);

    /// <summary>A turn with one step, the beginning of the call that was taken, as on a thread of its own.</summary>
    private void BeginHere(GrainCall call)
    {
        HeldAnswer.BeginTurnOf(call);
        RuntimeContext.Current = this;
        (_stepsLeft, _firstCall) = (0, call);
        try
        {
            ExecutionContext.Run(_plainContext!, BeginTaken, this);
        }
        finally
        {
            RuntimeContext.Current = null;
            HeldAnswer.EndTurnOfCaller();
        }

        bool schedule;
        lock (this)
        {
            _scheduled = false;
            schedule = WakeLocked();
        }

        if (schedule)
        {
            Turns.Schedule(this);
        }
    }
}
