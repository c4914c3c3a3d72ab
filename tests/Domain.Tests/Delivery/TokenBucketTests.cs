using ImOrleans.Domain.Delivery;
using ImOrleans.TestKit;

namespace ImOrleans.Domain.Tests.Delivery;

public sealed class TokenBucketTests
{
    private readonly ManualTimeProvider _clock = new();

    [Theory]
    [InlineData(1)]
    [InlineData(20)]
    [InlineData(200)]
    public void A_burst_is_one_seconds_worth(int rate)
    {
        var bucket = new TokenBucket(rate);
        for (var i = 0; i < rate; i++)
            AssertTaken(ref bucket);
        Assert.False(bucket.TryTake(_clock, out _));
    }

    [Theory]
    [InlineData(1, 1000)]
    [InlineData(20, 50)]
    [InlineData(200, 5)]
    public void An_empty_bucket_tells_exactly_how_long_until_the_next_permit(int rate, int milliseconds)
    {
        var bucket = Empty(rate);
        Assert.False(bucket.TryTake(_clock, out var retryAfter));
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), retryAfter);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(20)]
    [InlineData(200)]
    public void The_next_permit_is_there_after_that_time(int rate)
    {
        var bucket = Empty(rate);
        bucket.TryTake(_clock, out var retryAfter);
        _clock.Advance(retryAfter);
        AssertTaken(ref bucket);
        Assert.False(bucket.TryTake(_clock, out _));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(20)]
    [InlineData(200)]
    public void The_next_permit_is_not_there_a_tick_before(int rate)
    {
        var bucket = Empty(rate);
        bucket.TryTake(_clock, out var retryAfter);
        _clock.Advance(retryAfter - TimeSpan.FromTicks(1));
        Assert.False(bucket.TryTake(_clock, out _));
    }

    /// <summary>Found by simulation: a wait that was cut down to whole ticks was too short every other time.</summary>
    [Theory]
    [InlineData(20)]
    [InlineData(60)]
    [InlineData(200)]
    public void Whoever_waits_as_long_as_told_gets_a_permit(int rate)
    {
        var random = new Random(rate);
        var bucket = new TokenBucket(rate);
        for (var i = 0; i < 10_000; i++)
        {
            if (bucket.TryTake(_clock, out var retryAfter))
                continue;
            _clock.Advance(retryAfter);
            AssertTaken(ref bucket);
            _clock.Advance(new(random.Next(0, 100_000)));
        }
    }

    [Fact]
    public void What_is_missing_of_a_permit_counts()
    {
        var bucket = Empty(20);
        _clock.Advance(TimeSpan.FromMilliseconds(20));
        Assert.False(bucket.TryTake(_clock, out var retryAfter));
        Assert.Equal(TimeSpan.FromMilliseconds(30), retryAfter);
    }

    [Fact]
    public void Asking_in_vain_costs_nothing()
    {
        var bucket = Empty(20);
        for (var i = 0; i < 100; i++)
            Assert.False(bucket.TryTake(_clock, out _));
        _clock.Advance(TimeSpan.FromMilliseconds(50));
        AssertTaken(ref bucket);
    }

    [Fact]
    public void Permits_come_back_with_the_time()
    {
        var bucket = Empty(20);
        _clock.Advance(TimeSpan.FromMilliseconds(250));
        for (var i = 0; i < 5; i++)
            AssertTaken(ref bucket);
        Assert.False(bucket.TryTake(_clock, out _));
    }

    [Fact]
    public void Idle_time_saves_up_no_more_than_one_seconds_worth()
    {
        var bucket = Empty(20);
        _clock.Advance(TimeSpan.FromHours(1));
        for (var i = 0; i < 20; i++)
            AssertTaken(ref bucket);
        Assert.False(bucket.TryTake(_clock, out _));
    }

    [Fact]
    public void Time_before_the_first_call_changes_nothing()
    {
        var bucket = new TokenBucket(2);
        _clock.Advance(TimeSpan.FromHours(1));
        AssertTaken(ref bucket);
        AssertTaken(ref bucket);
        Assert.False(bucket.TryTake(_clock, out _));
    }

    [Fact]
    public void Over_a_long_time_the_rate_holds()
    {
        var bucket = Empty(20);
        var taken = 0;
        for (var step = 0; step < 10_000; step++)
        {
            _clock.Advance(TimeSpan.FromMilliseconds(10));
            if (bucket.TryTake(_clock, out _))
                taken++;
        }

        Assert.Equal(2000, taken);
    }

    private TokenBucket Empty(int rate)
    {
        var bucket = new TokenBucket(rate);
        for (var i = 0; i < rate; i++)
            bucket.TryTake(_clock, out _);
        return bucket;
    }

    private void AssertTaken(ref TokenBucket bucket)
    {
        Assert.True(bucket.TryTake(_clock, out var retryAfter));
        Assert.Equal(TimeSpan.Zero, retryAfter);
    }
}
