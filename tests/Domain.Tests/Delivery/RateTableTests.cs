using ImOrleans.Domain.Delivery;
using ImOrleans.TestKit;

namespace ImOrleans.Domain.Tests.Delivery;

public sealed class RateTableTests
{
    private const int KeptMax = RateTable<int>.StripesCount * RateTable<int>.KeptMin;

    private readonly ManualTimeProvider _clock = new();

    [Fact]
    public void Each_key_has_its_rate_and_the_time_to_wait()
    {
        var table = new RateTable<string>(5, _clock);
        for (var i = 0; i < 5; i++)
            Assert.True(table.TryTake("ann", out _));
        Assert.False(table.TryTake("ann", out var retryAfter));
        Assert.Equal(TimeSpan.FromMilliseconds(200), retryAfter);
        Assert.True(table.TryTake("bob", out _));
        _clock.Advance(retryAfter);
        Assert.True(table.TryTake("ann", out _));
        Assert.False(table.TryTake("ann", out _));
    }

    [Fact]
    public void What_is_given_back_can_be_taken_again_and_no_more_is_saved_up()
    {
        var table = new RateTable<string>(1, _clock);
        Assert.True(table.TryTake("ann", out _));
        table.GiveBack("ann");
        table.GiveBack("ann");
        table.GiveBack("nobody");
        Assert.True(table.TryTake("ann", out _));
        Assert.False(table.TryTake("ann", out _));
        Assert.Equal(1, table.Count);
    }

    /// <summary>Whoever is forgotten has waited until all permits were back.</summary>
    [Fact]
    public void Idle_keys_are_forgotten_and_busy_ones_keep_their_rate()
    {
        var table = new RateTable<int>(1, _clock);
        for (var key = 0; key < KeptMax; key++)
            Assert.True(table.TryTake(key, out _));
        Assert.Equal(KeptMax, table.Count);
        _clock.Advance(TimeSpan.FromMilliseconds(500));
        Assert.False(table.TryTake(0, out _));
        _clock.Advance(TimeSpan.FromMilliseconds(500));

        // One more in each part, which is all it takes to look.
        for (var key = KeptMax; key < KeptMax + RateTable<int>.StripesCount; key++)
            Assert.True(table.TryTake(key, out _));
        Assert.Equal(1 + RateTable<int>.StripesCount, table.Count);
        Assert.True(table.TryTake(0, out _));
        Assert.False(table.TryTake(0, out _));
    }

    [Fact]
    public void As_many_as_are_busy_are_kept()
    {
        var table = new RateTable<int>(1, _clock);
        for (var key = 0; key < 4 * KeptMax; key++)
            Assert.True(table.TryTake(key, out _));
        for (var key = 0; key < 4 * KeptMax; key++)
            Assert.False(table.TryTake(key, out _));
    }

    [Fact]
    public async Task Takers_at_once_get_no_more_than_the_rate()
    {
        var table = new RateTable<string>(100, _clock);
        var taken = 0;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < 50; i++)
                if (table.TryTake("ann", out TimeSpan _))
                    Interlocked.Increment(ref taken);
        })));
        Assert.Equal(100, taken);
    }
}
