namespace ImOrleans.TestKit;

/// <summary>
/// A clock that moves only when told. Timers fire on the thread that moves it, in the order of their due times,
/// those of the same time in the order they were set; while one fires, the clock shows its due time.
/// </summary>
public sealed class ManualTimeProvider(DateTimeOffset? start = null) : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly SortedSet<ManualTimer> _timers = new(ManualTimer.ByDueTime);
    private readonly DateTimeOffset _start = start ?? new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private long _elapsed;
    private long _sequence;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <summary>How far the clock was moved so far.</summary>
    public TimeSpan Elapsed => new(Interlocked.Read(ref _elapsed));

    /// <summary>How many timers wait to fire.</summary>
    public int PendingTimers
    {
        get
        {
            lock (_lock)
            {
                return _timers.Count;
            }
        }
    }

    public override DateTimeOffset GetUtcNow() => _start + Elapsed;

    public override long GetTimestamp() => Interlocked.Read(ref _elapsed);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var timer = new ManualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves the clock on, and fires what is due on the way.</summary>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        var target = _elapsed + by.Ticks;
        while (TakeDue(target) is { } timer)
        {
            timer.Fire();
        }

        Interlocked.Exchange(ref _elapsed, target);
    }

    /// <summary>Moves the clock to the next timer and fires it. False when no timer waits, or none before the limit.</summary>
    public bool AdvanceToNextTimer(TimeSpan? within = null)
    {
        var limit = within is null ? long.MaxValue : _elapsed + within.Value.Ticks;
        if (TakeDue(limit) is not { } timer)
        {
            return false;
        }

        timer.Fire();
        return true;
    }

    internal void Set(ManualTimer timer, TimeSpan dueTime, TimeSpan period)
    {
        lock (_lock)
        {
            _timers.Remove(timer);
            timer.Period = period;
            if (dueTime != Timeout.InfiniteTimeSpan)
            {
                timer.Due = _elapsed + dueTime.Ticks;
                timer.Sequence = ++_sequence;
                _timers.Add(timer);
            }
        }
    }

    private ManualTimer? TakeDue(long limit)
    {
        lock (_lock)
        {
            if (_timers.Min is not { } timer || timer.Due > limit)
            {
                return null;
            }

            _timers.Remove(timer);
            Interlocked.Exchange(ref _elapsed, Math.Max(_elapsed, timer.Due));
            if (timer.Period > TimeSpan.Zero)
            {
                timer.Due += timer.Period.Ticks;
                timer.Sequence = ++_sequence;
                _timers.Add(timer);
            }

            return timer;
        }
    }
}
