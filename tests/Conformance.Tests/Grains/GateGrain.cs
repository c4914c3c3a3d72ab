using Orleans.Placement;

namespace ImOrleans.Conformance.Tests;

[RandomPlacement]
public sealed class GateGrain(ILocalSiloDetails silo) : Grain, IGateGrain
{
    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        Gates.Get(this.GetPrimaryKeyString()).Notes.Enqueue($"deactivated {reason.ReasonCode}");
        return Task.CompletedTask;
    }

    public async Task<string> Pass(string gate)
    {
        await Gates.Get(gate).Pass();
        return silo.SiloAddress.ToParsableString();
    }

    public async Task PassAndNote(string gate)
    {
        await Gates.Get(gate).Pass();
        Gates.Get(gate).Notes.Enqueue("went on");
    }

    public Task<string> Where() => Task.FromResult(silo.SiloAddress.ToParsableString());
}
