namespace ImOrleans.TestKit;

/// <summary>A timer of a <see cref="ManualTimeProvider"/>.</summary>
internal sealed class ManualTimer(ManualTimeProvider clock, TimerCallback callback, object? state) : ITimer
{
    private bool _disposed;

    public static IComparer<ManualTimer> ByDueTime { get; } = Comparer<ManualTimer>.Create(static (left, right) =>
        (left.Due, left.Sequence).CompareTo((right.Due, right.Sequence)));

    /// <summary>When it fires, in ticks since the clock's start.</summary>
    public long Due { get; set; }

    /// <summary>Orders timers of the same due time.</summary>
    public long Sequence { get; set; }

    public TimeSpan Period { get; set; }

    public bool Change(TimeSpan dueTime, TimeSpan period)
    {
        if (_disposed)
        {
            return false;
        }

        clock.Set(this, dueTime, period);
        return true;
    }

    public void Fire()
    {
        if (!_disposed)
        {
            callback(state);
        }
    }

    public void Dispose()
    {
        _disposed = true;
        clock.Set(this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }
}
