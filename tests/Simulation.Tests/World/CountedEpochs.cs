using ImOrleans.Grains.Delivery;

namespace ImOrleans.Simulation.Tests;

/// <summary>Epochs that rise with the clock, as the real ones, and repeat with the seed.</summary>
internal sealed class CountedEpochs(TimeProvider clock) : IEpochSource
{
    private long _count;

    public long NextEpoch() => (clock.GetUtcNow().ToUnixTimeMilliseconds() << 20) | (++_count & 0xFFFFF);
}
