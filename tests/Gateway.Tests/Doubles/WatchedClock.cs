using System.Threading.Channels;

namespace ImOrleans.Gateway.Tests.Doubles;

/// <summary>A manual clock that also tells when a timer was set, so that a test knows when to move it.</summary>
internal sealed class WatchedClock : TimeProvider
{
    private readonly Channel<TimeSpan> _set = Channel.CreateUnbounded<TimeSpan>();
    private readonly ManualTimeProvider _inner = new();

    public override long TimestampFrequency => _inner.TimestampFrequency;

    public override TimeZoneInfo LocalTimeZone => _inner.LocalTimeZone;

    public override DateTimeOffset GetUtcNow() => _inner.GetUtcNow();

    public override long GetTimestamp() => _inner.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = _inner.CreateTimer(callback, state, dueTime, period);
        _set.Writer.TryWrite(dueTime);
        return timer;
    }

    /// <summary>The due time of the next timer that was created, in their order.</summary>
    public Task<TimeSpan> NextTimerAsync() => _set.Reader.ReadAsync().AsTask().Guard();

    public void Advance(TimeSpan by) => _inner.Advance(by);
}
