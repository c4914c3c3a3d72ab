namespace ImOrleans.LocalRuntime;

internal sealed partial class Activation
{
    private static readonly Action<object?> PumpAction = static self => ((Activation)self!).Pump();

    /// <summary>Steps left in the turn that runs on this thread; negative once the activation has gone idle.</summary>
    [ThreadStatic]
    private static int _stepsLeft;

    private enum Step
    {
        None,
        RunTask,
        BeginCall,
        Activate,
        Deactivate,
    }

    public void Post(Action action) =>
        Task.Factory.StartNew(action, CancellationToken.None, TaskCreationOptions.DenyChildAttach, this);

    /// <summary>One turn: a few steps, then the next activation has its chance.</summary>
    public void Execute()
    {
        var outer = RuntimeContext.Current;
        RuntimeContext.Current = this;
        var steps = Turns.StepsPerTurn;
        try
        {
            while (steps > 0)
            {
                switch (NextStep(out var task))
                {
                    case Step.None:
                        return;
                    case Step.RunTask:
                        steps--;
                        TryExecuteTask(task!);
                        break;
                    default:
                        // Only inside a task is this scheduler the current one, so that awaits come back to it.
                        _stepsLeft = steps;
                        var pump = new Task(PumpAction, this, TaskCreationOptions.DenyChildAttach);
                        pump.RunSynchronously(this);
                        if (pump.Exception is { } fault)
                        {
                            Silo.Log.TurnFailed(ToString(), fault);
                        }

                        steps = _stepsLeft;
                        if (steps < 0)
                        {
                            return;
                        }

                        break;
                }
            }
        }
        finally
        {
            RuntimeContext.Current = outer;
        }

        Turns.Schedule(this);
    }

    protected override void QueueTask(Task task)
    {
        lock (this)
        {
            if (_killed)
            {
                // The silo is dead: what would have run after this await never does.
                return;
            }

            _ready.Add(task);
            if (_scheduled)
            {
                return;
            }

            _scheduled = true;
        }

        Turns.Schedule(this);
    }

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) =>
        !taskWasPreviouslyQueued && RuntimeContext.Current == this && !_killed && TryExecuteTask(task);

    protected override IEnumerable<Task> GetScheduledTasks() => [];

    private void Pump()
    {
        while (_stepsLeft > 0)
        {
            _stepsLeft--;
            switch (TakeStep(out var task, out var call))
            {
                case Step.None:
                    _stepsLeft = -1;
                    return;
                case Step.RunTask:
                    TryExecuteTask(task!);
                    break;
                case Step.BeginCall:
                    Begin(call!);
                    break;
                case Step.Activate:
                    _ = ActivateAsync();
                    break;
                case Step.Deactivate:
                    _ = EndAsync();
                    break;
            }
        }
    }

    /// <summary>Tells whether the next step needs a task around it; takes a task that is ready.</summary>
    private Step NextStep(out Task? task)
    {
        lock (this)
        {
            if (!_killed && !_ready.IsEmpty)
            {
                task = _ready.Take();
                return Step.RunTask;
            }

            task = null;
            if (HasLifeStep() is var life and not Step.None)
            {
                return life;
            }

            if (MayTakeCall())
            {
                return Step.BeginCall;
            }

            _scheduled = false;
            return Step.None;
        }
    }

    private Step TakeStep(out Task? task, out GrainCall? call)
    {
        lock (this)
        {
            task = null;
            call = null;
            if (!_killed && !_ready.IsEmpty)
            {
                task = _ready.Take();
                return Step.RunTask;
            }

            var life = HasLifeStep();
            if (life != Step.None)
            {
                _inLifeStep = true;
                return life;
            }

            call = TakeCall();
            if (call is not null)
            {
                return Step.BeginCall;
            }

            _scheduled = false;
            return Step.None;
        }
    }

    private Step HasLifeStep()
    {
        if (_killed || _inLifeStep)
        {
            return Step.None;
        }

        return _state switch
        {
            ActivationState.Creating => Step.Activate,
            ActivationState.Deactivating when _running == 0 => Step.Deactivate,
            _ => Step.None,
        };
    }

    /// <summary>
    /// Schedules a turn when there is something to do. Called inside the lock; true when to schedule.
    /// </summary>
    private bool WakeLocked()
    {
        if (_scheduled || _killed
            || (_ready.IsEmpty && HasLifeStep() == Step.None && !MayTakeCall()))
        {
            return false;
        }

        _scheduled = true;
        return true;
    }

    private void Wake()
    {
        bool schedule;
        lock (this)
        {
            schedule = WakeLocked();
        }

        if (schedule)
        {
            Turns.Schedule(this);
        }
    }
}
