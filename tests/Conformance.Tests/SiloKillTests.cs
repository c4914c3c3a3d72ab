namespace ImOrleans.Conformance.Tests;

/// <summary>A silo dies.</summary>
public sealed class SiloKillTests : OwnClusterFacts
{
    [Fact]
    public async Task Who_waits_for_it_gets_a_failure()
    {
        var grain = await GrainOnAsync(Second);
        var waiting = grain.Pass(Name);
        await Gates.Get(Name).Entered.Guard();
        await Second.KillAsync().Guard();
        var failure = await Record.ExceptionAsync(() => waiting.Guard());
        Assert.IsAssignableFrom<OrleansException>(failure);
    }

    [Fact]
    public async Task Its_grains_come_back_elsewhere()
    {
        var grain = await GrainOnAsync(Second);
        var left = new Departures(First);
        var killed = Second;
        await killed.KillAsync().Guard();
        await left.Of(killed).Guard();
        Assert.Equal(First.Address, await grain.Where().Guard());
    }

    [Fact]
    public async Task Written_states_are_there_again()
    {
        var grain = await GrainOnAsync<IPlacedStateGrain>(Second);
        await grain.Write("x").Guard();
        var left = new Departures(First);
        var killed = Second;
        await killed.KillAsync().Guard();
        await left.Of(killed).Guard();
        Assert.Equal("x", await grain.Read().Guard());
    }

    [Fact]
    public async Task Others_hear_of_it_once()
    {
        var killed = Second;
        var left = new Departures(First);
        await killed.KillAsync().Guard();
        await left.Of(killed).Guard();
        await Cluster.AddAsync().Guard();
        Assert.Equal([killed.Address], left.Heard);
    }

    [Fact]
    public async Task Its_observers_answer_nobody()
    {
        var listener = new Listener();
        var publisher = await GrainOnAsync<IPublisherGrain>(First);
        await publisher.Subscribe(Second.Grains.CreateObjectReference<IListener>(listener)).Guard();
        Assert.Equal(8, await publisher.AskShortly(7).Guard());
        var killed = Second;
        var left = new Departures(First);
        await killed.KillAsync().Guard();
        await left.Of(killed).Guard();
        await Assert.ThrowsAnyAsync<Exception>(() => publisher.AskShortly(1).Guard());
    }

    /// <summary>A call that met a silo in the moment it died must be answered, not lost: by a result or by a failure.</summary>
    [Fact]
    public async Task Every_call_is_answered_and_calls_go_on()
    {
        var traffic = Traffic.Start(Grains, Name);
        await traffic.FlowsAsync().Guard();
        await Second.KillAsync().Guard();
        await traffic.FlowsAsync().Guard();
        await traffic.StopAsync().Guard();
        Assert.All(traffic.Failures, static failure => Assert.IsAssignableFrom<OrleansException>(failure));
    }
}
