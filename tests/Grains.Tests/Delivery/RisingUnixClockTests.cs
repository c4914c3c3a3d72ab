using ImOrleans.Grains.Delivery;

namespace ImOrleans.Grains.Tests.Delivery;

public sealed class RisingUnixClockTests
{
    [Fact]
    public void Time_that_is_set_back_stands_still()
    {
        var source = new SettableTime { Now = DateTimeOffset.FromUnixTimeMilliseconds(5000) };
        var clock = new RisingUnixClock(source);
        Assert.Equal(5000, clock.Now());

        source.Now = DateTimeOffset.FromUnixTimeMilliseconds(4000);

        Assert.Equal(5000, clock.Now());
    }

    private sealed class SettableTime : TimeProvider
    {
        public DateTimeOffset Now { get; set; }

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
