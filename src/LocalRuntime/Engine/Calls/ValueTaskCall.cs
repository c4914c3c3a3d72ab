using System.Threading.Tasks.Sources;

namespace ImOrleans.LocalRuntime;

/// <summary>A call of a method that returns a value task: the call is itself what its caller awaits.</summary>
/// <remarks>Never used again, so that whatever still knows an old call finds no new one in its place.</remarks>
internal abstract class ValueTaskCall<T>(GrainMethod method) : GrainCall<T>(method), IValueTaskSource<T>, IValueTaskSource
{
    private ManualResetValueTaskSourceCore<T> _answer;

    /// <summary>What the caller of a method with a result awaits.</summary>
    public ValueTask<T> Awaited => IsOneWay ? default : new ValueTask<T>(this, _answer.Version);

    /// <summary>What the caller of a method without a result awaits.</summary>
    public ValueTask AwaitedVoid => IsOneWay ? default : new ValueTask(this, _answer.Version);

    public sealed override Task SendNow(LocalSilo silo)
    {
        silo.SendNow(this);
        return Awaited.AsTask();
    }

    public T GetResult(short token) => _answer.GetResult(token);

    void IValueTaskSource.GetResult(short token) => _answer.GetResult(token);

    public ValueTaskSourceStatus GetStatus(short token) => _answer.GetStatus(token);

    public void OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _answer.OnCompleted(continuation, state, token, flags);

    /// <summary>In a generated class: the result of the method, kept here when it is there already.</summary>
    protected Task Keep(ValueTask<T> task)
    {
        if (!task.IsCompletedSuccessfully)
        {
            return task.AsTask();
        }

        Result = task.Result;
        return Task.CompletedTask;
    }

    protected sealed override void Resolve(T result) => _answer.SetResult(result);

    protected sealed override void Reject(Exception failure) => _answer.SetException(failure);
}
