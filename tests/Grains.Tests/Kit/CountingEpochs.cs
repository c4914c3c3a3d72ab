using ImOrleans.Grains.Delivery;

namespace ImOrleans.Grains.Tests.Kit;

/// <summary>Epochs 1, 2, 3: tests read better so.</summary>
internal sealed class CountingEpochs : IEpochSource
{
    private long _last;

    public long NextEpoch() => Interlocked.Increment(ref _last);
}
