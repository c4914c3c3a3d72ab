using ImOrleans.Client.Wire;

namespace ImOrleans.Client.Connections;

/// <summary>
/// Sends calls in the order in which they were made, over whichever link there is. While there is none they wait; a
/// call that was sent is never sent again.
/// </summary>
/// <remarks>
/// <b>Bounds:</b> <see cref="RtmClientOptions.PendingCallsMax"/> unfinished calls, <see cref="SentMax"/> of them sent;
/// each waits for <see cref="RtmClientOptions.SendTimeout"/> at most and is then answered within
/// <see cref="RtmClientOptions.AnswerTimeout"/>, or its link is cut.
/// </remarks>
internal sealed class CallQueue(RtmClientOptions options)
{
    /// <summary>
    /// The server works at 16 calls of a client at a time (PROTOCOL.md, section 4.4); some more on their way keep it
    /// busy, and what is not sent yet can be taken back.
    /// </summary>
    public const int SentMax = 64;

    private readonly Lock _lock = new();
    private readonly LinkedList<PendingCall> _waiting = new();
    private ILink? _link;
    private Func<RtmException>? _closed = NeverConnected;
    private int _sent;
    private bool _isUnsettled;
    private TaskCompletionSource? _drained;

    /// <summary>Makes a call.</summary>
    /// <param name="method">The hub method.</param>
    /// <param name="request">Its request; null: none.</param>
    /// <param name="cancellationToken">Takes the call back while it was not sent; afterwards, stops waiting for
    /// it.</param>
    /// <param name="settle">Called once, whatever becomes of the call.</param>
    /// <exception cref="RtmException">10002, 10021, 10025; refusals of the server are replies.</exception>
    public Task<WireReply> CallAsync(
        string method, object? request, CancellationToken cancellationToken, SettleCall? settle = null)
    {
        var call = new PendingCall(method, request, settle);
        if (cancellationToken.IsCancellationRequested)
        {
            call.Cancel(cancellationToken);
            call.End(CallEnd.NotSent, null, null);
            return call.Task;
        }

        if (Enter(call) is { } refusal)
        {
            call.End(CallEnd.NotSent, null, refusal);
            return call.Task;
        }

        var registration = cancellationToken.Register(() => Cancel(call, cancellationToken));
        lock (_lock)
        {
            if (!call.IsOver)
                call.Cancellation = registration;
            else
                registration.Unregister();
        }

        return call.Task;
    }

    /// <summary>A link is there: what waits is sent.</summary>
    public void Open(ILink link)
    {
        lock (_lock)
        {
            _closed = null;
            _link = link;
            SendWaiting();
        }
    }

    /// <summary>The link is gone, and another one is looked for.</summary>
    public void Suspend()
    {
        lock (_lock)
            _link = null;
    }

    /// <summary>
    /// Whether a call that changes what the session has was sent and not answered, since this was asked last: then nobody
    /// here knows what the session has.
    /// </summary>
    public bool TakeUnsettled()
    {
        lock (_lock)
        {
            var isUnsettled = _isUnsettled;
            _isUnsettled = false;
            return isUnsettled;
        }
    }

    /// <summary>No link is looked for any more: what waits is refused, and so is what comes.</summary>
    public void Close(Func<RtmException> why)
    {
        List<PendingCall> refused;
        lock (_lock)
        {
            _link = null;
            _closed = why;
            refused = [.. _waiting];
            _waiting.Clear();
            foreach (var call in refused)
                call.IsOver = true;
        }

        foreach (var call in refused)
            call.End(CallEnd.NotSent, null, why());
    }

    /// <summary>Completes when everything that was sent has ended and was taken note of.</summary>
    public Task DrainAsync()
    {
        lock (_lock)
        {
            if (_sent == 0)
                return Task.CompletedTask;
            _drained ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
            return _drained.Task;
        }
    }

    /// <summary>Whether a call leaves the channels, roles and subscriptions of the session as they are.</summary>
    private static bool IsHarmless(string method) =>
        method.StartsWith("Get", StringComparison.Ordinal) || method is "Publish" or "PublishTopic" or "RenewToken";

    private static RtmException NeverConnected() =>
        RtmException.Of(RtmErrorCodes.NotLogin, "The client is not connected: call ConnectAsync first.");

    private RtmException? Enter(PendingCall call)
    {
        lock (_lock)
        {
            if (_closed is not null)
                return _closed();
            if (_sent + _waiting.Count >= options.PendingCallsMax)
            {
                return RtmException.Of(
                    RtmErrorCodes.TooManyCalls, $"{options.PendingCallsMax} calls are unfinished.", retryable: true);
            }

            _waiting.AddLast(call);
            SendWaiting();
            if (call.SentOver is null && options.SendTimeout == TimeSpan.Zero && _link is null)
            {
                _waiting.Remove(call);
                call.IsOver = true;
                return NotSent();
            }

            if (!call.IsOver)
                call.Timer ??= StartTimer(call, options.SendTimeout);
            return null;
        }
    }

    private ITimer StartTimer(PendingCall call, TimeSpan due) =>
        options.TimeProvider.CreateTimer(_ => OnTimeout(call), null, due, Timeout.InfiniteTimeSpan);

    /// <summary>Inside the lock.</summary>
    private void SendWaiting()
    {
        while (_link is { } link && _sent < SentMax && _waiting.First is { } first)
        {
            var call = first.Value;
            _waiting.RemoveFirst();
            call.SentOver = link;
            _sent++;
            if (call.Timer is { } timer)
                timer.Change(options.AnswerTimeout, Timeout.InfiniteTimeSpan);
            else
                call.Timer = StartTimer(call, options.AnswerTimeout);
            _ = RunAsync(call, link);
        }
    }

    private async Task RunAsync(PendingCall call, ILink link)
    {
        var (end, reply, failure) = (CallEnd.Lost, (WireReply?)null, (Exception?)null);
        try
        {
            // The call goes out here and now, in order; everything after it runs outside the lock.
            var answer = link.CallAsync(call.Method, call.Request);
            await ((Task)answer).ConfigureAwait(ConfigureAwaitOptions.ForceYielding | ConfigureAwaitOptions.SuppressThrowing);
            reply = await answer.ConfigureAwait(false);
            end = CallEnd.Answered;
        }
#pragma warning disable CA1031 // Whatever it is, the call was not answered.
        catch (Exception lost)
#pragma warning restore CA1031
        {
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            failure = Unknown("The connection was lost before the answer came.", lost);
        }

        lock (_lock)
        {
            call.IsOver = true;
            _isUnsettled |= end == CallEnd.Lost && !IsHarmless(call.Method);
        }

        call.End(end, reply, failure);
        lock (_lock)
        {
            _sent--;
            SendWaiting();
            if (_sent == 0)
            {
                _drained?.TrySetResult();
                _drained = null;
            }
        }
    }

    private void Cancel(PendingCall call, CancellationToken token)
    {
        lock (_lock)
        {
            if (call.IsOver)
                return;
            call.Cancel(token);
            // What was sent cannot be taken back: its answer is still taken note of.
            if (call.SentOver is not null)
                return;
            call.IsOver = true;
            _waiting.Remove(call);
        }

        call.End(CallEnd.NotSent, null, null);
    }

    private void OnTimeout(PendingCall call)
    {
        lock (_lock)
        {
            if (call.IsOver)
                return;
            if (call.SentOver is null)
            {
                call.IsOver = true;
                _waiting.Remove(call);
            }
        }

        if (call.SentOver is { } link)
        {
            call.GiveUp(Unknown($"No answer came within {options.AnswerTimeout}.", null));
            link.Abort();
        }
        else
        {
            call.End(CallEnd.NotSent, null, NotSent());
        }
    }

    private RtmException NotSent() => RtmException.Of(
        RtmErrorCodes.NotConnected, $"The call could not be sent within {options.SendTimeout}.", retryable: true);

    private static RtmException Unknown(string message, Exception? inner) => new(
        RtmErrorCodes.NotConnected, "NOT_CONNECTED", message, retryable: true, inner) { OutcomeUnknown = true };
}
