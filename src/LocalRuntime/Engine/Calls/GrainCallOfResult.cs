using System.Diagnostics;

namespace ImOrleans.LocalRuntime;

/// <summary>A call with a result; generated classes hold its arguments.</summary>
internal abstract class GrainCall<T>(GrainMethod method) : GrainCall(method)
{
    private static readonly Task<T> NoAnswer = Task.FromResult(default(T)!);

    private TaskCompletionSource<T>? _answer;

    /// <summary>What the caller awaits. Asked for once, before the call is sent.</summary>
    public Task<T> MakeAnswer(ITurnScheduler turns)
    {
        if (IsOneWay)
        {
            return NoAnswer;
        }

        Debug.Assert(_answer is null, "A call is sent once.");
        _answer = new TaskCompletionSource<T>(turns.CompletionOptions);
        return _answer.Task;
    }

    public sealed override object? ResultOf(Task completed) =>
        completed is not Task<T> || typeof(T) == typeof(VoidResult) ? null : ((Task<T>)completed).Result;

    public sealed override void AnswerNow(Task completed)
    {
        if (!completed.IsCompletedSuccessfully)
        {
            Fail(FailureOf(completed));
        }
        else if (PendingQueue.Remove(this))
        {
            GiveTaken(completed);
        }
    }

    public sealed override Action PrepareAnswer(Task completed)
    {
        if (!completed.IsCompletedSuccessfully)
        {
            return () => Fail(FailureOf(completed));
        }

        try
        {
            // What the callee does with its objects from now on is not part of the answer.
            var result = CopyOf(ResultNow(completed));
            return () =>
            {
                if (PendingQueue.Remove(this))
                {
                    Cancellation?.Dispose();
                    _answer!.SetResult(result);
                }
            };
        }
        catch (Exception exception)
        {
            return () => Fail(exception);
        }
    }

    public sealed override Task InvokeFiltered(IncomingCallContext context) => RunFilters(context);

    public sealed override Task SendNow(LocalSilo silo) => silo.SendNow(this);

    /// <summary>Goes through the filters and gives what they leave as the result.</summary>
    public static async Task<T> RunFilters(CallContext context)
    {
        await context.Invoke();
        return context.Result is null || typeof(T) == typeof(VoidResult) ? default! : (T)context.Result;
    }

    public sealed override void Fail(Exception exception)
    {
        if (PendingQueue.Remove(this))
        {
            FailTaken(exception);
        }
    }

    public sealed override void FailTaken(Exception exception)
    {
        Cancellation?.Dispose();
        _answer!.SetException(exception);
    }

    private static Exception FailureOf(Task completed) =>
        completed.Exception?.InnerException ?? new TaskCanceledException(completed);

    private static T ResultNow(Task completed) =>
        typeof(T) == typeof(VoidResult) ? default! : ((Task<T>)completed).Result;

    private T CopyOf(T result) => Target?.Silo.Copier is { } copier ? copier.Copy(result) : result;

    /// <summary>Answers the caller of a call that was just taken out of the pending calls.</summary>
    private void GiveTaken(Task completed)
    {
        Cancellation?.Dispose();
        T result;
        try
        {
            result = CopyOf(ResultNow(completed));
        }
        catch (Exception exception)
        {
            _answer!.SetException(exception);
            return;
        }

        _answer!.SetResult(result);
    }
}
