using System.Threading.Channels;
using ImOrleans.TestKit;

namespace ImOrleans.Client.Tests.Fakes;

/// <summary>
/// A clock that moves only when told, and tells of every timer that was set, so that tests can wait for one.
/// </summary>
internal sealed class AwaitedClock : TimeProvider
{
    private readonly ManualTimeProvider _inner = new();
    private readonly Channel<TimeSpan> _timers = Channel.CreateUnbounded<TimeSpan>();

    public override long TimestampFrequency => _inner.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => _inner.GetUtcNow();

    public override long GetTimestamp() => _inner.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = _inner.CreateTimer(callback, state, dueTime, period);
        _timers.Writer.TryWrite(dueTime);
        return timer;
    }

    /// <summary>Waits until somebody waits for just this long, and lets the time pass.</summary>
    public async Task PassAsync(TimeSpan wait)
    {
        await SeenAsync(wait);
        _inner.Advance(wait);
    }

    /// <summary>Waits until somebody waits for just this long.</summary>
    public async Task SeenAsync(TimeSpan wait)
    {
        while (await _timers.Reader.ReadAsync().AsTask().Guard($"a timer of {wait}") != wait)
        {
        }
    }

    public void Advance(TimeSpan by) => _inner.Advance(by);
}
