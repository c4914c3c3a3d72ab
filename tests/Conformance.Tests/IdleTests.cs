namespace ImOrleans.Conformance.Tests;

/// <summary>When idle activations are collected. Awaited, never measured: the age is short, and says only "not before".</summary>
public sealed class IdleTests(SharedCluster shared) : SharedFacts(shared)
{
    private IIdleGrain Grain => Grains.GetGrain<IIdleGrain>(Name);

    private IIdleGrain Other => Grains.GetGrain<IIdleGrain>(Name + "/other");

    private Gates.Gate Gone => Gates.Get(Name);

    [Fact]
    public async Task Idle_activation_is_collected()
    {
        await Grain.Touch().Guard();
        await Gone.Pass().Guard();
        Assert.Equal([$"{DeactivationReasonCode.ActivationIdle}"], Gone.Notes);
    }

    [Fact]
    public async Task Ticks_do_not_keep_an_activation()
    {
        await Grain.Tick(Setup.ShortAge / 10, keepAlive: false).Guard();
        await Gone.Pass().Guard();
    }

    [Fact]
    public async Task Ticks_that_keep_alive_do()
    {
        await Other.Tick(Setup.ShortAge / 10, keepAlive: true).Guard();
        await Grain.Touch().Guard();
        await Gone.Pass().Guard();
        Assert.NotEqual(0, await Other.Ticks().Guard());
    }

    [Fact]
    public async Task Delayed_activation_outlives_others_until_the_delay_is_taken_back()
    {
        await Other.Delay(TimeSpan.FromHours(1)).Guard();
        await Grain.Touch().Guard();
        await Gone.Pass().Guard();
        Assert.Empty(Gates.Get(Name + "/other").Notes);
        await Other.Delay(TimeSpan.Zero).Guard();
        await Gates.Get(Name + "/other").Pass().Guard();
    }
}
