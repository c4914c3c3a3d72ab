using ImOrleans.Gateway.Routing;

namespace ImOrleans.Simulation.Tests;

/// <summary>How one gateway hears of lost silos: mostly after a while, sometimes not at all.</summary>
internal sealed class SiloNews : ISiloMembership
{
    private readonly SimulatedWorld _world;
    private readonly LocalSilo _silo;

    public SiloNews(SimulatedWorld world, LocalSilo silo)
    {
        (_world, _silo) = (world, silo);
        world.Cluster.SiloLeft += OnSiloLeft;
    }

    public event Action<string>? SiloLeft;

    private void OnSiloLeft(SiloAddress left)
    {
        // Who is cut off hears nothing, above all not of its own end.
        if (_silo.IsPartitioned || !_world.IsMostly(0.9))
            return;
        _ = TellAsync(left.ToParsableString(), _world.Between(TimeSpan.Zero, TimeSpan.FromSeconds(3)));
    }

    private async Task TellAsync(string left, TimeSpan delay)
    {
        await Task.Delay(delay, _world.Clock);
        SiloLeft?.Invoke(left);
    }
}
