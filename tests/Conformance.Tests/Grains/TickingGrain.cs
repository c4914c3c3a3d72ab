namespace ImOrleans.Conformance.Tests;

public sealed class TickingGrain : Grain, ITickingGrain
{
    private IGrainTimer? _timer;
    private int _ticks;

    private Gates.Gate Own => Gates.Get(this.GetPrimaryKeyString());

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        Gates.Get(this.GetPrimaryKeyString() + "/gone").Open();
        return Task.CompletedTask;
    }

    public Task Start(TimeSpan due, TimeSpan period, bool interleave, bool throws) => StartTimer(
        new(due, period) { Interleave = interleave },
        () => throws ? throw new InvalidOperationException("A tick failed.") : Task.CompletedTask);

    public Task StartOnce(TimeSpan due, TimeSpan period) => StartTimer(new(due, period), StopTimer);

    public Task StartChanging(TimeSpan due, TimeSpan period, TimeSpan next) =>
        StartTimer(new(due, period), () => Change(next, Timeout.InfiniteTimeSpan));

    public Task StartWaiting(TimeSpan due, TimeSpan period, string gate) =>
        StartTimer(new(due, period), () => Gates.Get(gate).Pass());

    public Task Change(TimeSpan due, TimeSpan period)
    {
        _timer!.Change(due, period);
        return Task.CompletedTask;
    }

    public Task StopTimer()
    {
        _timer!.Dispose();
        return Task.CompletedTask;
    }

    public Task<int> Ticks() => Task.FromResult(_ticks);

    public Task Hold(string gate) => Gates.Get(gate).Pass();

    public Task Leave()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    private Task StartTimer(GrainTimerCreationOptions options, Func<Task> onTick)
    {
        _timer = this.RegisterGrainTimer(
            _ =>
            {
                _ticks++;
                Own.Notes.Enqueue("tick");
                Own.Open();
                return onTick();
            },
            options);
        return Task.CompletedTask;
    }
}
