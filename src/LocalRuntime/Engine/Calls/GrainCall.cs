using System.Reflection;
using Orleans.Runtime;
using Orleans.Serialization.Invocation;

namespace ImOrleans.LocalRuntime;

/// <summary>
/// One call on its way to a grain or an observer. Waits in the queue of its target, runs once, and is answered
/// once: by the target, by a timeout, or by the end of a silo, whichever takes it out of the pending calls first.
/// </summary>
internal abstract class GrainCall : IInvokable, IThreadPoolWorkItem
{
    /// <summary>The next call in the queue of the target.</summary>
    public GrainCall? Next;

    /// <summary>The neighbours and the queue among the pending calls of the sender.</summary>
    public GrainCall? PendingPrevious;
    public GrainCall? PendingNext;
    public PendingQueue? PendingIn;
    public long Deadline;

    private GrainReference? _reference;
    private Task? _running;
    private CallExtras? _extras;

    protected GrainCall(GrainMethod method) => Options = method.Options;

    public abstract GrainMethod Method { get; }

    public CallOptions Options { get; set; }

    /// <summary>How often the call was passed on from an activation that ended.</summary>
    public byte Forwards { get; set; }

    /// <summary>The activation that called, or null when host code did.</summary>
    public Activation? Source { get; set; }

    /// <summary>What has the call now.</summary>
    public ICallTarget? Target { get; set; }

    public Dictionary<string, object>? RequestContext
    {
        get => _extras?.RequestContext;
        set
        {
            if (value is not null || _extras is not null)
            {
                Extras.RequestContext = value;
            }
        }
    }

    public CallCancellation? Cancellation
    {
        get => _extras?.Cancellation;
        set => Extras.Cancellation = value;
    }

    public GrainReference Reference
    {
        get => _reference!;
        set => _reference = value;
    }

    public virtual GrainId TargetId => _reference!.GrainId;

    public bool IsOneWay => (Options & CallOptions.OneWay) != 0;

    /// <summary>Why the call failed; set once, by who took it out of the pending calls.</summary>
    protected Exception? Failure
    {
        get => _extras?.Failure;
        set => Extras.Failure = value;
    }

    private CallExtras Extras => _extras ??= new CallExtras();

    /// <summary>True when the caller no longer waits, so that the call need not start.</summary>
    public bool IsAbandoned => !IsOneWay && PendingIn is null;

    /// <summary>The result of the method's task, boxed; null for none.</summary>
    public abstract object? ResultOf(Task completed);

    /// <summary>Calls the method itself.</summary>
    public abstract Task InvokeMethod(object target);

    public abstract int GetArgumentCount();

    public abstract object? GetArgument(int index);

    public abstract void SetArgument(int index, object value);

    /// <summary>Replaces each argument by a copy.</summary>
    public abstract void CopyArguments(ICallValueCopier copier);

    /// <summary>Answers the caller, unless it has been answered or the answer gets lost on its way.</summary>
    public void Answer(Task completed)
    {
        if (Target!.Silo.Cluster.Carrier is { } carrier)
        {
            carrier.CarryAnswer(this, completed);
        }
        else
        {
            AnswerNow(completed);
        }
    }

    /// <summary>Answers the caller, unless it has been answered.</summary>
    public abstract void AnswerNow(Task completed);

    /// <summary>Makes the answer now, to be given to the caller later.</summary>
    public abstract Action PrepareAnswer(Task completed);

    /// <summary>Runs the filters and then the method; the task carries the result as the method's own would.</summary>
    public abstract Task InvokeFiltered(IncomingCallContext context);

    /// <summary>Sends the call; the task carries the result.</summary>
    public abstract Task SendNow(LocalSilo silo);

    /// <summary>Fails the caller, unless it has been answered.</summary>
    public abstract void Fail(Exception exception);

    /// <summary>Fails the caller of a call that was just taken out of the pending calls.</summary>
    public abstract void FailTaken(Exception exception);

    /// <summary>Tells the caller what its call was answered with. What waits for it may go on in here.</summary>
    public abstract void Complete();

    /// <summary>Tells the caller as a work item of the thread pool.</summary>
    void IThreadPoolWorkItem.Execute() => Complete();

    /// <summary>Fails the caller when there is one that waits.</summary>
    public void FailUnlessOneWay(Exception exception)
    {
        if (!IsOneWay)
        {
            Fail(exception);
        }
    }

    /// <summary>The caller's time is up. The callee goes on, and is told only when that is asked for.</summary>
    public void TimeOut(TimeSpan limit)
    {
        if (Target?.Silo.CancelRequestOnTimeout == true)
        {
            Cancellation?.SignalCallee();
        }

        FailTaken(new TimeoutException($"Response did not arrive on time in {limit} for {this}."));
    }

    /// <summary>Starts the call and reports its end to the target. Runs as part of a turn.</summary>
    public void Begin()
    {
        var target = Target!;
        Task task;
        try
        {
            task = target.Invoke(this) ?? Task.CompletedTask;
        }
        catch (Exception exception)
        {
            task = Task.FromException(exception);
        }

        if (task.IsCompleted)
        {
            target.Finish(this, task);
            return;
        }

        _running = task;
        if (target.Turns.IsDeterministic)
        {
            task.GetAwaiter().UnsafeOnCompleted(End);
        }
        else
        {
            task.ConfigureAwait(false).GetAwaiter().UnsafeOnCompleted(End);
        }
    }

    public string GetMethodName() => Method.Name;

    public string GetInterfaceName() => Method.InterfaceName;

    public string GetActivityName() => $"{Method.InterfaceName}/{Method.Name}";

    public MethodInfo GetMethod() => Method.Method;

    public Type GetInterfaceType() => Method.InterfaceType;

    public TimeSpan? GetDefaultResponseTimeout() => Method.Timeout;

    public CancellationToken GetCancellationToken() =>
        Method.CancellationIndex < 0 ? default : (CancellationToken)GetArgument(Method.CancellationIndex)!;

    public void Dispose()
    {
    }

    public override string ToString() => $"{Method.InterfaceType.Name}.{Method.Name} on {TargetId}";

    private void End()
    {
        var task = _running!;
        _running = null;
        Target!.Finish(this, task);
    }
}
