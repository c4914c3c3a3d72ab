using ImOrleans.Client.Wire;

namespace ImOrleans.Client.Connections;

/// <summary>Takes note of a call's end, before its caller hears of it.</summary>
/// <param name="end">How it ended.</param>
/// <param name="reply">The answer, when there is one.</param>
/// <param name="abandoned">Whether the caller has stopped waiting.</param>
internal delegate void SettleCall(CallEnd end, WireReply? reply, bool abandoned);

/// <summary>A call between the app and its answer. Guarded by the lock of its <see cref="CallQueue"/>.</summary>
internal sealed class PendingCall(string method, object? request, SettleCall? settle)
{
    private readonly TaskCompletionSource<WireReply> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Method { get; } = method;

    public object? Request { get; } = request;

    public Task<WireReply> Task => _completion.Task;

    /// <summary>Null while it waits to be sent.</summary>
    public ILink? SentOver { get; set; }

    /// <summary>Whether it has left the queue for good.</summary>
    public bool IsOver { get; set; }

    /// <summary>Runs out when it was not sent, or not answered, in time.</summary>
    public ITimer? Timer { get; set; }

    public CancellationTokenRegistration Cancellation { get; set; }

    public void Cancel(CancellationToken token) => _completion.TrySetCanceled(token);

    public void GiveUp(Exception why) => _completion.TrySetException(why);

    /// <summary>Takes note, then tells the caller.</summary>
    public void End(CallEnd end, WireReply? reply, Exception? failure)
    {
        Timer?.Dispose();
        Cancellation.Unregister();
        try
        {
            settle?.Invoke(end, reply, _completion.Task.IsCompleted);
        }
#pragma warning disable CA1031 // Whatever a malformed answer causes belongs to the caller, and must not stop the queue.
        catch (Exception malformed)
#pragma warning restore CA1031
        {
            failure ??= malformed;
        }

        if (failure is not null)
            _completion.TrySetException(failure);
        else
            _completion.TrySetResult(reply!);
    }
}
