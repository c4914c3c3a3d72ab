using System.Collections.Concurrent;

namespace ImOrleans.Conformance.Tests;

/// <summary>Which silos have left, as one that stays hears of it.</summary>
internal sealed class Departures
{
    private readonly ConcurrentQueue<string> _heard = new();
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _waiting = new();

    public Departures(ITestNode node) => node.SiloLeft += address =>
    {
        _heard.Enqueue(address);
        Waiting(address).TrySetResult();
    };

    public IReadOnlyCollection<string> Heard => _heard;

    /// <summary>Ends when that silo was heard to have left.</summary>
    public Task Of(ITestNode node) => Waiting(node.Address).Task;

    private TaskCompletionSource Waiting(string address) => _waiting.GetOrAdd(
        address, static _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
}
