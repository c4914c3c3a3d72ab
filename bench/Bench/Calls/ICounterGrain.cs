using Orleans;

namespace ImOrleans.Bench.Calls;

/// <summary>A grain that does next to nothing.</summary>
public interface ICounterGrain : IGrainWithStringKey
{
    /// <summary>Adds to the sum, and returns it.</summary>
    ValueTask<long> AddAsync(long value);
}
