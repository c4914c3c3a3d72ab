using System.Diagnostics;

namespace ImOrleans.LocalRuntime;

/// <summary>A call of a method that returns a task.</summary>
internal abstract class TaskCall<T>(GrainMethod method) : GrainCall<T>(method)
{
    private static readonly Task<T> NoAnswer = Task.FromResult(default(T)!);

    private TaskCompletionSource<T>? _answer;

    /// <summary>What the caller awaits. Asked for once, before the call is sent.</summary>
    public Task<T> MakeAnswer()
    {
        if (IsOneWay)
        {
            return NoAnswer;
        }

        Debug.Assert(_answer is null, "A call is sent once.");
        _answer = new TaskCompletionSource<T>();
        return _answer.Task;
    }

    public sealed override Task SendNow(LocalSilo silo) => silo.SendNow(this);

    protected sealed override void Resolve(T result) => _answer!.SetResult(result);

    protected sealed override void Reject(Exception failure) => _answer!.SetException(failure);
}
