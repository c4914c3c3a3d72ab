namespace ImOrleans.Grains.Delivery;

/// <summary>The time in milliseconds of Unix time, which never goes back while this object lives.</summary>
internal sealed class RisingUnixClock(TimeProvider clock)
{
    private long _last;

    public long Now() => _last = Math.Max(_last, clock.GetUtcNow().ToUnixTimeMilliseconds());

    /// <summary>
    /// A time that nothing had before, a little in the future if need be; false when that would be too far ahead.
    /// </summary>
    public bool TryNext(TimeSpan aheadMax, out long time, out TimeSpan retryAfter)
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        time = Math.Max(_last + 1, now);
        retryAfter = TimeSpan.FromMilliseconds(time - now) - aheadMax;
        if (retryAfter > TimeSpan.Zero)
            return false;
        _last = time;
        return true;
    }
}
