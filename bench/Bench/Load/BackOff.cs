namespace ImOrleans.Bench.Load;

/// <summary>How long a client waits before it asks again what was refused: longer each time, until it gets an answer.</summary>
internal sealed class BackOff
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(3);

    private TimeSpan _next = First;

    /// <summary>How long to wait now: 100 milliseconds at first, twice as long each time, 3 seconds at most.</summary>
    public TimeSpan Next()
    {
        var now = _next;
        _next = now * 2 < Longest ? now * 2 : Longest;
        return now;
    }

    /// <summary>It was answered.</summary>
    public void Reset() => _next = First;
}
