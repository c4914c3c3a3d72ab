namespace ImOrleans.Conformance.Tests;

public sealed class SlowGrain : Grain, ISlowGrain
{
    private int _started;

    public Task Wait(string gate) => PassAsync(gate);

    public Task WaitShort(string gate) => PassAsync(gate);

    public Task<int> CountShort() => Task.FromResult(_started);

    public async Task WaitCancellable(string gate, CancellationToken cancellationToken)
    {
        _started++;
        var turns = TaskScheduler.Current;
        await using var registration = cancellationToken.Register(() =>
        {
            // The scheduler of the activation, whatever its type.
            var onTurn = ReferenceEquals(TaskScheduler.Current, turns);
            Gates.Get(gate).Notes.Enqueue(onTurn ? "cancelled in a turn" : "cancelled elsewhere");
            Gates.Get(gate + "/cancelled").Open();
        });
        await Gates.Get(gate).Pass();
    }

    public Task Forget(string gate) => PassAsync(gate);

    public Task<int> Started() => Task.FromResult(_started);

    private async Task PassAsync(string gate)
    {
        _started++;
        await Gates.Get(gate).Pass();
        Gates.Get(gate).Notes.Enqueue("went on");
        Gates.Get(gate + "/done").Open();
    }
}
