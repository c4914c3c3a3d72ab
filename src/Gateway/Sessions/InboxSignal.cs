namespace ImOrleans.Gateway.Sessions;

/// <summary>
/// Whether a client knows that there is something to pull: it is told once, until it pulls. Safe for several threads.
/// </summary>
internal sealed class InboxSignal
{
    private int _isTold;

    /// <summary>True for the one caller who tells it.</summary>
    public bool TryTell() => Interlocked.Exchange(ref _isTold, 1) == 0;

    /// <summary>The client pulls: what comes from now on is told again.</summary>
    public void Rearm() => Volatile.Write(ref _isTold, 0);
}
