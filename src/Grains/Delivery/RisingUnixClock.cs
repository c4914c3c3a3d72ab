namespace ImOrleans.Grains.Delivery;

/// <summary>The time in milliseconds of Unix time, which never goes back while this object lives.</summary>
internal sealed class RisingUnixClock(TimeProvider clock)
{
    private long _last;

    public long Now() => _last = Math.Max(_last, clock.GetUtcNow().ToUnixTimeMilliseconds());
}
