namespace ImOrleans.Simulation.Tests;

/// <summary>What goes wrong with nodes, one thing after the other, by the seed.</summary>
internal sealed class Troublemaker(SimulatedWorld world)
{
    private readonly List<Task> _stopping = [];

    public async Task RunAsync()
    {
        for (var left = world.Random.Next(1, 6); left > 0; left--)
        {
            await Task.Delay(world.Between(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(8)), world.Clock);
            await CauseAsync();
        }

        await Task.Delay(world.Between(TimeSpan.Zero, TimeSpan.FromSeconds(6)), world.Clock);
    }

    /// <summary>Nothing goes wrong from now on, and what has gone wrong is over.</summary>
    public async Task EndAsync()
    {
        world.Journal.Note($"calm");
        world.Faults.IsQuiet = true;
        world.Faults.Heal();
        foreach (var node in world.Nodes.Where(node => node.Silo.IsPartitioned).ToArray())
            node.Kill();
        foreach (var stopping in _stopping)
            await stopping;
        world.Keeping?.Calm();
        world.Chatting?.Calm();
        if (!world.Nodes.Any(node => node.IsOpen))
            await world.AddNodeAsync(hasGrains: true);
        world.CalmSince = world.Clock.GetUtcNow();
    }

    private async Task CauseAsync()
    {
        var victims = world.Nodes.Where(node => node.IsOpen && !node.Silo.IsPartitioned).ToArray();
        var withGrains = victims.Where(node => node.HasGrains).ToArray();
        if (withGrains.Length < 2)
        {
            await world.AddNodeAsync(hasGrains: true);
            return;
        }

        var victim = victims[world.Random.Next(victims.Length)];
        switch (world.Random.Next(6))
        {
            case 0:
                victim.Kill();
                break;
            case 1 or 2 when victim.HasGrains:
                victim.Partition();
                _ = KillLaterAsync(victim);
                break;
            case 3:
                _stopping.Add(victim.StopAsync());
                break;
            case 4:
                await world.AddNodeAsync(hasGrains: world.IsMostly(0.7));
                break;
            default:
                CutOff(victim, victims);
                break;
        }
    }

    private async Task KillLaterAsync(SimulatedNode victim)
    {
        await Task.Delay(world.Between(TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(15)), world.Clock);
        victim.Kill();
    }

    /// <summary>Nobody is taken for dead, but messages one way or both ways do not arrive for a while.</summary>
    private void CutOff(SimulatedNode victim, SimulatedNode[] all)
    {
        var other = all[world.Random.Next(all.Length)];
        if (other == victim)
            return;
        world.Journal.Note($"{victim} does not reach {other}");
        world.Faults.Cut(victim.Silo.SiloAddress, other.Silo.SiloAddress);
        if (world.IsMostly(0.5))
            world.Faults.Cut(other.Silo.SiloAddress, victim.Silo.SiloAddress);
        _ = HealLaterAsync();
    }

    private async Task HealLaterAsync()
    {
        await Task.Delay(world.Between(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(12)), world.Clock);
        world.Faults.Heal();
    }
}
