namespace ImOrleans.LocalRuntime;

/// <summary>A call with a result; generated classes hold its arguments.</summary>
internal abstract class GrainCall<T>(GrainMethod method) : GrainCall(method)
{
    /// <summary>What the call is answered with, unless it failed.</summary>
    protected T? Result { get; set; }

    public sealed override object? ResultOf(Task completed) =>
        typeof(T) == typeof(VoidResult) ? null : ResultNow(completed);

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
                    Result = result;
                    Tell();
                }
            };
        }
        catch (Exception exception)
        {
            return () => Fail(exception);
        }
    }

    public sealed override Task InvokeFiltered(IncomingCallContext context) => RunFilters(context);

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
        Failure = exception;
        Tell();
    }

    public sealed override void Complete()
    {
        if (Failure is { } failure)
        {
            Reject(failure);
        }
        else
        {
            Resolve(Result!);
        }
    }

    /// <summary>Gives the caller its result.</summary>
    protected abstract void Resolve(T result);

    /// <summary>Gives the caller its exception.</summary>
    protected abstract void Reject(Exception failure);

    private static Exception FailureOf(Task completed) =>
        completed.Exception?.InnerException ?? new TaskCanceledException(completed);

    /// <summary>The result of a method that has ended well: in its task, unless it was kept at once.</summary>
    private T ResultNow(Task completed) => completed is Task<T> task ? task.Result : Result!;

    private T CopyOf(T result) => Target?.Silo.Copier is { } copier ? copier.Copy(result) : result;

    /// <summary>Answers the caller of a call that was just taken out of the pending calls.</summary>
    private void GiveTaken(Task completed)
    {
        try
        {
            Result = CopyOf(ResultNow(completed));
        }
        catch (Exception exception)
        {
            Failure = exception;
        }

        Tell();
    }

    private void Tell()
    {
        Cancellation?.Dispose();
        if (Reference.Silo.Cluster.Turns.IsDeterministic)
        {
            // What waits is queued on its own scheduler.
            Complete();
        }
        else
        {
            HeldAnswer.Give(this);
        }
    }
}
