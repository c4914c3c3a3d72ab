using Orleans.Runtime;

namespace ImOrleans.LocalRuntime;

/// <summary>One tick of a grain timer in the queue of its activation. Used again for each tick.</summary>
internal sealed class TimerTick : GrainCall
{
    private static readonly GrainMethod TickMethod = new(typeof(GrainTimer).GetMethod(nameof(GrainTimer.TickAsync))!);

    private readonly GrainTimer _timer;
    private readonly GrainId _grain;

    public TimerTick(GrainTimer timer, GrainId grain, GrainTimerCreationOptions options)
        : base(TickMethod)
    {
        _timer = timer;
        _grain = grain;
        Options = CallOptions.OneWay | CallOptions.LocalOnly
            | (options.Interleave ? CallOptions.AlwaysInterleave : CallOptions.None)
            | (options.KeepAlive ? CallOptions.None : CallOptions.NoKeepAlive);
    }

    public override GrainMethod Method => TickMethod;

    public override GrainId TargetId => _grain;

    public override Task InvokeMethod(object target) => _timer.TickAsync();

    public override object? ResultOf(Task completed) => null;

    public override int GetArgumentCount() => 0;

    public override object? GetArgument(int index) => throw new ArgumentOutOfRangeException(nameof(index));

    public override void SetArgument(int index, object value) => throw new ArgumentOutOfRangeException(nameof(index));

    public override void CopyArguments(ICallValueCopier copier)
    {
    }

    public override void AnswerNow(Task completed)
    {
    }

    public override Action PrepareAnswer(Task completed) => static () => { };

    public override Task InvokeFiltered(IncomingCallContext context) => _timer.TickAsync();

    public override Task SendNow(LocalSilo silo) => throw new NotSupportedException("A tick is not sent.");

    public override void Complete()
    {
    }

    public override void Fail(Exception exception)
    {
    }

    public override void FailTaken(Exception exception)
    {
    }
}
