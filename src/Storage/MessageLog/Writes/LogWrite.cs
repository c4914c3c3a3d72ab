using ImOrleans.Storage.GroupCommit;

namespace ImOrleans.Storage.MessageLog.Writes;

/// <summary>A write to the log that waits for its transaction: what it must know, and what it changes.</summary>
/// <remarks>Its members are called in this order, again from the start when its transaction is tried again.</remarks>
internal abstract class LogWrite : IQueuedWrite
{
    /// <summary>In place of a time that is given later in the transaction.</summary>
    public const long TimeToCome = -1;

    /// <inheritdoc />
    public virtual int Bytes => 256;

    /// <summary>Why it alone was refused; null when it was not.</summary>
    protected Exception? Refusal { get; private set; }

    /// <summary>Names what has to be read, and locked, before it is applied.</summary>
    public abstract void Ask(LogBatch batch);

    /// <summary>Decides what it changes. Those before it in the transaction have been applied.</summary>
    public abstract void Apply(LogBatch batch);

    /// <summary>Tells the time that the messages of the transaction have.</summary>
    public virtual void Stamp(long sentAtUnixMs)
    {
    }

    /// <summary>Fails it without its neighbours.</summary>
    public void Refuse(Exception? refusal) => Refusal = refusal;

    public abstract void Complete();

    public abstract void Fail(Exception exception);
}

/// <summary>One with an answer.</summary>
internal abstract class LogWrite<T> : LogWrite
{
    private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends once the transaction is on disk.</summary>
    public Task<T> Done => _done.Task;

    protected T? Answer { get; set; }

    public override void Complete()
    {
        if (Refusal is null)
            _done.TrySetResult(Answer!);
        else
            _done.TrySetException(Refusal);
    }

    public override void Fail(Exception exception) => _done.TrySetException(exception);
}
