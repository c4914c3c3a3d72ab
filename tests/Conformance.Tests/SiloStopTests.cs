namespace ImOrleans.Conformance.Tests;

/// <summary>A silo leaves in order.</summary>
public sealed class SiloStopTests : OwnClusterFacts
{
    [Fact]
    public async Task Grains_end_by_their_hooks_and_what_waits_for_them_goes_elsewhere()
    {
        var stopping = Second;
        var grain = await GrainOnAsync(stopping);
        var running = grain.Pass(Name);
        await Gates.Get(Name).Entered.Guard();
        var queued = grain.Where();
        var stopped = stopping.StopAsync();
        Gates.Get(Name).Open();
        Assert.Equal(stopping.Address, await running.Guard());
        // Whether it still ran there depends on how far the stop has come.
        Assert.Contains(await queued.Guard(), (string[])[stopping.Address, First.Address]);
        await stopped.Guard();
        Assert.Equal([$"deactivated {DeactivationReasonCode.ShuttingDown}"], Gates.Get(grain.GetPrimaryKeyString()).Notes);
        Assert.Equal(First.Address, await grain.Where().Guard());
    }

    [Fact]
    public async Task Others_hear_of_it_once()
    {
        var leaving = Second;
        var left = new Departures(First);
        await leaving.StopAsync().Guard();
        await left.Of(leaving).Guard();
        await Cluster.AddAsync().Guard();
        Assert.Equal([leaving.Address], left.Heard);
    }

    /// <summary>Those that meet the silo in the moment it leaves may fail, with an exception of the runtime.</summary>
    [Fact]
    public async Task Calls_go_on_while_silos_come_and_go()
    {
        var traffic = Traffic.Start(Grains, Name);
        await traffic.FlowsAsync().Guard();
        await Cluster.AddAsync().Guard();
        await traffic.FlowsAsync().Guard();
        await Second.StopAsync().Guard();
        await traffic.FlowsAsync().Guard();
        await traffic.StopAsync().Guard();
        Assert.All(traffic.Failures, static failure => Assert.IsAssignableFrom<OrleansException>(failure));
    }
}
