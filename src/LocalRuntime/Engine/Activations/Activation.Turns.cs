namespace ImOrleans.LocalRuntime;

internal sealed partial class Activation
{
    private static readonly Action<object?> PumpAction = static self => ((Activation)self!).Pump();

    /// <summary>Steps left in the turn that runs on this thread; negative once the activation has gone idle.</summary>
    [ThreadStatic]
    private static int _stepsLeft;

    /// <summary>What the task of the turn on this thread begins with.</summary>
    [ThreadStatic]
    private static Step _firstStep;

    [ThreadStatic]
    private static GrainCall? _firstCall;

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
        HeldAnswer.BeginTurn();
        if (RunSteps())
        {
            Turns.Schedule(this);
        }

        HeldAnswer.EndTurn();
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

    /// <summary>Runs the steps of one turn. True when there may be more to do.</summary>
    private bool RunSteps()
    {
        var outer = RuntimeContext.Current;
        RuntimeContext.Current = this;
        if (Silo.BeginsOnCallersThread)
        {
            _plainContext ??= ExecutionContext.Capture();
        }

        var steps = Turns.StepsPerTurn;
        try
        {
            while (steps > 0)
            {
                var step = TakeStep(out var task, out var call);
                if (step == Step.None)
                {
                    return false;
                }

                steps--;
                HeldAnswer.Release();
                if (step == Step.RunTask)
                {
                    TryExecuteTask(task!);
                    continue;
                }

                (_stepsLeft, _firstCall) = (steps, call);
                RunPump(step);
                steps = _stepsLeft;
                if (steps < 0)
                {
                    return false;
                }
            }
        }
        finally
        {
            RuntimeContext.Current = outer;
        }

        return true;
    }

    /// <summary>Only inside a task is this scheduler the current one, so that awaits come back to it.</summary>
    private void RunPump(Step first)
    {
        _firstStep = first;
        var pump = new Task(PumpAction, this, TaskCreationOptions.DenyChildAttach);
        pump.RunSynchronously(this);
        if (pump.Exception is { } fault)
        {
            Silo.Log.TurnFailed(ToString(), fault);
        }
    }

    private void Pump()
    {
        var (step, call) = (_firstStep, _firstCall);
        _firstCall = null;
        Run(step, null, call);
        while (_stepsLeft > 0)
        {
            _stepsLeft--;
            step = TakeStep(out var task, out call);
            if (step == Step.None)
            {
                _stepsLeft = -1;
                return;
            }

            HeldAnswer.Release();
            Run(step, task, call);
        }
    }

    private void Run(Step step, Task? task, GrainCall? call)
    {
        switch (step)
        {
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

    /// <summary>Takes what is to be done next.</summary>
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
