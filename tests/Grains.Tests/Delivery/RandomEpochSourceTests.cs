using ImOrleans.Grains.Delivery;

namespace ImOrleans.Grains.Tests.Delivery;

public sealed class RandomEpochSourceTests
{
    private readonly ManualTimeProvider _clock = new();

    [Fact]
    public void Epochs_rise_with_the_clock()
    {
        var epochs = new RandomEpochSource(_clock);
        var first = epochs.NextEpoch();
        _clock.Advance(TimeSpan.FromMilliseconds(1));

        Assert.InRange(first, 1, epochs.NextEpoch() - 1);
        Assert.Equal(_clock.GetUtcNow().ToUnixTimeMilliseconds() - 1, first >> 20);
    }

    [Fact]
    public void Epochs_of_one_millisecond_differ()
    {
        var epochs = new RandomEpochSource(_clock);

        Assert.True(Enumerable.Range(0, 20).Select(_ => epochs.NextEpoch()).Distinct().Count() > 10);
    }
}
