using System.Diagnostics;

namespace ImOrleans.Bench.Load;

/// <summary>Ends a wait in which nothing moves any more: what was lost never comes.</summary>
internal sealed class Patience(TimeSpan limit)
{
    private long _progress = long.MinValue;
    private long _movedAt = Stopwatch.GetTimestamp();

    /// <summary>How long a run waits.</summary>
    public static TimeSpan Limit { get; } = TimeSpan.FromSeconds(20);

    /// <summary>Looks whether there was progress since the last look.</summary>
    /// <param name="progress">Anything that changes with progress.</param>
    /// <param name="describe">How far it is.</param>
    /// <exception cref="TimeoutException">There was none for too long; the message says how far it was.</exception>
    public void Check(long progress, Func<string> describe)
    {
        if (progress != _progress)
        {
            _progress = progress;
            _movedAt = Stopwatch.GetTimestamp();
        }
        else if (Stopwatch.GetElapsedTime(_movedAt) > limit)
        {
            throw new TimeoutException($"Nothing moved for {limit.TotalSeconds} s: {describe()}.");
        }
    }
}
