namespace ImOrleans.Conformance.Tests;

/// <summary>Collected soon when nothing uses it; its gate tells when and why it went.</summary>
public sealed class IdleGrain : Grain, IIdleGrain
{
    private int _ticks;

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        var gate = Gates.Get(this.GetPrimaryKeyString());
        gate.Notes.Enqueue($"{reason.ReasonCode}");
        gate.Open();
        return Task.CompletedTask;
    }

    public Task Touch() => Task.CompletedTask;

    public Task Delay(TimeSpan time)
    {
        DelayDeactivation(time);
        return Task.CompletedTask;
    }

    public Task Tick(TimeSpan period, bool keepAlive)
    {
        this.RegisterGrainTimer(
            _ =>
            {
                _ticks++;
                return Task.CompletedTask;
            },
            new GrainTimerCreationOptions(period, period) { KeepAlive = keepAlive });
        return Task.CompletedTask;
    }

    public Task<int> Ticks() => Task.FromResult(_ticks);
}
