namespace ImOrleans.Domain.Delivery;

/// <summary>A rate limit: so many a second, and a burst of as many at once. Not safe for concurrent use.</summary>
/// <param name="ratePerSecond">Permits that come back each second; also the most that are ever saved up.</param>
public struct TokenBucket(double ratePerSecond)
{
    /// <summary>Whoever waits as long as told gets a permit, whatever the sums of fractions say.</summary>
    private const double Tolerance = 1e-9;

    private readonly double _ratePerSecond = ratePerSecond;
    private double _permits = ratePerSecond;
    private long _lastTimestamp = long.MinValue;

    /// <summary>Takes a permit, or tells how long until there is one.</summary>
    /// <param name="clock">The clock whose monotonic timestamps count.</param>
    /// <param name="retryAfter">Zero when a permit was taken.</param>
    public bool TryTake(TimeProvider clock, out TimeSpan retryAfter)
    {
        var now = clock.GetTimestamp();
        if (_lastTimestamp != long.MinValue)
        {
            var elapsed = clock.GetElapsedTime(_lastTimestamp, now).TotalSeconds;
            _permits = Math.Min(_ratePerSecond, _permits + (elapsed * _ratePerSecond));
        }

        _lastTimestamp = now;
        if (_permits >= 1 - Tolerance)
        {
            _permits = Math.Max(0, _permits - 1);
            retryAfter = TimeSpan.Zero;
            return true;
        }

        // Up to the next whole tick, but not one more for the rounding of the division.
        retryAfter = new((long)Math.Ceiling(((1 - _permits) / _ratePerSecond * TimeSpan.TicksPerSecond) - Tolerance));
        return false;
    }

    /// <summary>Gives a permit back that was taken for something which is not done after all.</summary>
    public void GiveBack() => _permits = Math.Min(_ratePerSecond, _permits + 1);
}
