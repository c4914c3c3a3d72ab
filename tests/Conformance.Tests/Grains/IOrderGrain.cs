using Orleans.Concurrency;

namespace ImOrleans.Conformance.Tests;

/// <summary>Methods that may or may not interleave, and a note of when each starts and ends.</summary>
public interface IOrderGrain : IGrainWithStringKey
{
    Task Plain(string name);

    [AlwaysInterleave]
    Task Always(string name);

    [ReadOnly]
    Task Read(string name);

    /// <summary>Calls itself through a reference: a cycle.</summary>
    [ResponseTimeout("00:00:01")]
    Task CallSelf();

    [AlwaysInterleave]
    Task<string[]> Notes();
}

public interface IReentrantOrderGrain : IGrainWithStringKey
{
    Task Plain(string name);

    Task<string[]> Notes();
}
