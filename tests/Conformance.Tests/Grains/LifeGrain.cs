using Orleans.Storage;

namespace ImOrleans.Conformance.Tests;

public sealed class LifeGrain : Grain, ILifeGrain
{
    private static int _last;
    private readonly int _number = Interlocked.Increment(ref _last);

    private Gates.Gate Notes => Gates.Get(this.GetPrimaryKeyString());

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        Notes.Notes.Enqueue("activated");
        return Task.CompletedTask;
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        await Task.Yield();
        Notes.Notes.Enqueue($"deactivated {reason.ReasonCode}");
        if (this.GetPrimaryKeyString().EndsWith("/hang", StringComparison.Ordinal))
        {
            await Notes.Pass();
        }
    }

    public Task<int> Number() => Task.FromResult(_number);

    public Task Leave()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public async Task LeaveAfter(string gate)
    {
        DeactivateOnIdle();
        await Gates.Get(gate).Pass();
    }

    public Task Delay(TimeSpan time)
    {
        DelayDeactivation(time);
        return Task.CompletedTask;
    }

    public Task FailInconsistent() => throw new InconsistentStateException("Someone else wrote.", "2", "1");

    public Task CallFailing(string other) => GrainFactory.GetGrain<ILifeGrain>(other).FailInconsistent();
}

[CollectionAgeLimit(Minutes = 2)]
public sealed class ShortLifeGrain : Grain, IShortLifeGrain
{
    private static int _last;
    private readonly int _number = Interlocked.Increment(ref _last);

    public Task<int> Number() => Task.FromResult(_number);
}

[KeepAlive]
public sealed class EndlessLifeGrain : Grain, IEndlessLifeGrain
{
    private static int _last;
    private readonly int _number = Interlocked.Increment(ref _last);

    public Task<int> Number() => Task.FromResult(_number);
}

/// <summary>Fails its first activations: as many as its key says.</summary>
public sealed class RefusingGrain : Grain, IRefusingGrain
{
    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var gate = Gates.Get(this.GetPrimaryKeyString());
        gate.Notes.Enqueue("try");
        await gate.Pass();
        if (gate.Notes.Count < 2)
        {
            throw new InvalidOperationException("Not yet.");
        }
    }

    public Task<int> Number() => Task.FromResult(Gates.Get(this.GetPrimaryKeyString()).Notes.Count);
}
