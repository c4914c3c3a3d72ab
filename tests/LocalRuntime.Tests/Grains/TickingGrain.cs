namespace ImOrleans.LocalRuntime.Tests;

internal sealed class TickingGrain : Grain, ITickingGrain
{
    private IGrainTimer? _timer;
    private int _ticks;

    public static Action<string> Ticked { get; set; } = static _ => { };

    public Task Start(GrainTimerCreationOptions options, bool throws)
    {
        _timer = this.RegisterGrainTimer(
            _ =>
            {
                _ticks++;
                Ticked(this.GetPrimaryKeyString());
                return throws ? throw new InvalidOperationException("A tick failed.") : Task.CompletedTask;
            },
            options);
        return Task.CompletedTask;
    }

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
}
