namespace ImOrleans.LocalRuntime;

/// <summary>
/// The caller's token and the callee's own: when the caller cancels, the caller is answered at once and the
/// callee's token is cancelled in a turn of the callee.
/// </summary>
internal sealed class CallCancellation : IDisposable
{
    private readonly CancellationTokenSource _callee = new();
    private readonly GrainCall _call;
    private readonly bool _answerAtOnce;
    private CancellationTokenRegistration _registration;

    public CallCancellation(GrainCall call, bool answerAtOnce)
    {
        _call = call;
        _answerAtOnce = answerAtOnce;
    }

    public CancellationToken CalleeToken => _callee.Token;

    /// <summary>Begins to listen to the caller's token. Called once the call is pending.</summary>
    public void Listen(CancellationToken caller) =>
        _registration = caller.UnsafeRegister(static (self, token) => ((CallCancellation)self!).Cancel(token), this);

    /// <summary>Tells the callee, in a turn of its own, that nobody waits.</summary>
    public void SignalCallee() => _call.Target?.Post(_callee.Cancel);

    public void Dispose() => _registration.Unregister();

    private void Cancel(CancellationToken caller)
    {
        if (_answerAtOnce)
        {
            _call.Fail(new OperationCanceledException(caller));
        }

        SignalCallee();
    }
}
