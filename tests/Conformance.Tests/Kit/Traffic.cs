using System.Collections.Concurrent;

namespace ImOrleans.Conformance.Tests;

/// <summary>Callers of some grains, each of which makes one call after the other and notes which of them failed.</summary>
internal sealed class Traffic
{
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<Exception> _failures = new();
    private readonly int[] _answered = new int[6];
    private Task _callers = Task.CompletedTask;
    private Milestone _milestone = new([], 0);

    public IReadOnlyCollection<Exception> Failures => _failures;

    public static Traffic Start(IGrainFactory grains, string name)
    {
        var traffic = new Traffic();
        traffic._callers = Task.WhenAll(Enumerable.Range(0, traffic._answered.Length)
            .Select(i => Task.Run(() => traffic.CallAsync(i, grains.GetGrain<IEchoGrain>($"{name}/{i}")))));
        return traffic;
    }

    /// <summary>Ends when each caller has got another two answers, so one at least was asked for after now.</summary>
    public Task FlowsAsync()
    {
        lock (_answered)
        {
            _milestone = new([.. _answered.Select(static count => count + 2)], _answered.Length);
            return _milestone.Reached.Task;
        }
    }

    public Task StopAsync()
    {
        _stop.Cancel();
        return _callers;
    }

    private async Task CallAsync(int caller, IEchoGrain grain)
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                Assert.Equal("x", await grain.Echo("x").Guard());
                Answered(caller);
            }
            catch (Exception failure)
            {
                _failures.Enqueue(failure);
            }
        }
    }

    private void Answered(int caller)
    {
        lock (_answered)
        {
            _answered[caller]++;
            _milestone.Note(caller, _answered[caller]);
        }
    }

    private sealed class Milestone(int[] goals, int missing)
    {
        private int _missing = missing;

        public TaskCompletionSource Reached { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Note(int caller, int count)
        {
            if (caller < goals.Length && count == goals[caller] && --_missing == 0)
                Reached.TrySetResult();
        }
    }
}
