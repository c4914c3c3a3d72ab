using Orleans.Concurrency;

namespace ImOrleans.LocalRuntime.Tests;

/// <summary>Methods that take their time.</summary>
internal interface ISlowGrain : IGrainWithStringKey
{
    Task Wait(string gate);

    [ResponseTimeout("00:00:02")]
    Task WaitShort(string gate);

    [ResponseTimeout("00:00:02")]
    Task<int> CountShort();

    /// <summary>Waits for the gate or its token, whichever comes first, and notes the latter.</summary>
    Task WaitCancellable(string gate, CancellationToken cancellationToken);

    [OneWay]
    Task Forget(string gate);

    [AlwaysInterleave]
    Task<int> Started();
}
