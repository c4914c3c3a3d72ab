using System.Collections.Concurrent;

namespace ImOrleans.Conformance.Tests;

/// <summary>Where grains wait for a test, by name; and what they did, in order.</summary>
public static class Gates
{
    private static readonly ConcurrentDictionary<string, Gate> All = new();

    public static Gate Get(string name) => All.GetOrAdd(name, static _ => new Gate());

    public sealed class Gate
    {
        private readonly TaskCompletionSource _entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Entered => _entered.Task;

        public ConcurrentQueue<string> Notes { get; } = new();

        public void Open() => _open.TrySetResult();

        public Task Pass()
        {
            _entered.TrySetResult();
            return _open.Task;
        }
    }
}
