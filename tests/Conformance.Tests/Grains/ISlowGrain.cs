using Orleans.Concurrency;

namespace ImOrleans.Conformance.Tests;

/// <summary>Methods that take their time.</summary>
public interface ISlowGrain : IGrainWithStringKey
{
    Task Wait(string gate);

    [ResponseTimeout("00:00:01")]
    Task WaitShort(string gate);

    [ResponseTimeout("00:00:01")]
    Task<int> CountShort();

    /// <summary>Waits for the gate, and notes when its token is cancelled.</summary>
    Task WaitCancellable(string gate, CancellationToken cancellationToken);

    [OneWay]
    Task Forget(string gate);

    [AlwaysInterleave]
    Task<int> Started();
}
