using Orleans;

namespace ImOrleans.Bench.Calls;

/// <inheritdoc cref="ICounterGrain" />
public sealed class CounterGrain : Grain, ICounterGrain
{
    private long _sum;

    /// <inheritdoc />
    public ValueTask<long> AddAsync(long value) => new(_sum += value);
}
