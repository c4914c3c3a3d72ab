namespace ImOrleans.Conformance.Tests;

public sealed class TimerTests(ManualClockCluster manual) : ClusterFacts, IClassFixture<ManualClockCluster>
{
    private static readonly TimeSpan OneSecond = TimeSpan.FromSeconds(1);

    private ITickingGrain Grain => Grains.GetGrain<ITickingGrain>(Name);

    private ManualTimeProvider Clock => manual.Clock;

    protected override ITestCluster Cluster => manual.Cluster;

    [Fact]
    public async Task Timer_fires_at_its_due_time_and_then_each_period()
    {
        await Grain.Start(2 * OneSecond, 3 * OneSecond).Guard();
        Clock.Advance(2 * OneSecond - TimeSpan.FromTicks(1));
        Assert.Equal(0, await Grain.Ticks().Guard());
        Clock.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(1, await Grain.Ticks().Guard());
        Clock.Advance(3 * OneSecond);
        Assert.Equal(2, await Grain.Ticks().Guard());
    }

    [Fact]
    public async Task Timer_without_period_fires_once()
    {
        await Grain.Start(OneSecond, Timeout.InfiniteTimeSpan).Guard();
        Clock.Advance(OneSecond);
        Assert.Equal(1, await Grain.Ticks().Guard());
        Clock.Advance(100 * OneSecond);
        Assert.Equal(1, await Grain.Ticks().Guard());
    }

    [Fact]
    public async Task Timer_goes_on_after_its_callback_failed()
    {
        await Grain.Start(OneSecond, OneSecond, throws: true).Guard();
        Clock.Advance(OneSecond);
        Assert.Equal(1, await Grain.Ticks().Guard());
        Clock.Advance(OneSecond);
        Assert.Equal(2, await Grain.Ticks().Guard());
    }

    [Fact]
    public async Task Tick_waits_for_the_running_request()
    {
        await Grain.Start(OneSecond, OneSecond).Guard();
        var held = Grain.Hold(Name + "/hold");
        await Gates.Get(Name + "/hold").Entered.Guard();
        Clock.Advance(OneSecond);
        Assert.Empty(Gates.Get(Name).Notes);
        Gates.Get(Name + "/hold").Open();
        await held.Guard();
        Assert.Equal(1, await Grain.Ticks().Guard());
    }

    [Fact]
    public async Task Interleaving_tick_does_not_wait()
    {
        await Grain.Start(OneSecond, OneSecond, interleave: true).Guard();
        var held = Grain.Hold(Name + "/hold");
        await Gates.Get(Name + "/hold").Entered.Guard();
        Clock.Advance(OneSecond);
        await Gates.Get(Name).Pass().Guard();
        Assert.False(held.IsCompleted);
        Gates.Get(Name + "/hold").Open();
        await held.Guard();
    }

    [Fact]
    public async Task Changed_timer_fires_at_its_new_time()
    {
        await Grain.Start(OneSecond, OneSecond).Guard();
        await Grain.Change(10 * OneSecond, Timeout.InfiniteTimeSpan).Guard();
        Clock.Advance(9 * OneSecond);
        Assert.Equal(0, await Grain.Ticks().Guard());
        Clock.Advance(OneSecond);
        Assert.Equal(1, await Grain.Ticks().Guard());
        Clock.Advance(100 * OneSecond);
        Assert.Equal(1, await Grain.Ticks().Guard());
    }

    [Fact]
    public async Task Disposed_timer_never_fires()
    {
        await Grain.Start(OneSecond, OneSecond).Guard();
        await Grain.StopTimer().Guard();
        Clock.Advance(100 * OneSecond);
        Assert.Equal(0, await Grain.Ticks().Guard());
    }

    [Fact]
    public async Task Timer_may_be_disposed_by_its_own_callback()
    {
        await Grain.StartOnce(OneSecond, OneSecond).Guard();
        Clock.Advance(OneSecond);
        Assert.Equal(1, await Grain.Ticks().Guard());
        Clock.Advance(100 * OneSecond);
        Assert.Equal(1, await Grain.Ticks().Guard());
    }

    [Fact]
    public async Task Timer_may_be_changed_by_its_own_callback()
    {
        await Grain.StartChanging(OneSecond, OneSecond, next: 10 * OneSecond).Guard();
        Clock.Advance(OneSecond);
        Assert.Equal(1, await Grain.Ticks().Guard());
        Clock.Advance(9 * OneSecond);
        Assert.Equal(1, await Grain.Ticks().Guard());
        Clock.Advance(OneSecond);
        Assert.Equal(2, await Grain.Ticks().Guard());
    }

    /// <summary>A tick that takes longer than the period: the next is a period after its end.</summary>
    [Fact]
    public async Task Ticks_do_not_overlap_and_the_period_runs_from_the_end_of_a_tick()
    {
        var gate = Gates.Get(Name + "/tick");
        await Grain.StartWaiting(OneSecond, OneSecond, Name + "/tick").Guard();
        Clock.Advance(OneSecond);
        await gate.Entered.Guard();
        Clock.Advance(10 * OneSecond);
        gate.Open();
        Assert.Equal(1, await Grain.Ticks().Guard());
        Clock.Advance(OneSecond - TimeSpan.FromTicks(1));
        Assert.Equal(1, await Grain.Ticks().Guard());
        Clock.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(2, await Grain.Ticks().Guard());
    }

    [Fact]
    public async Task Timer_of_a_deactivated_grain_never_fires()
    {
        await Grain.Start(OneSecond, OneSecond).Guard();
        await Grain.Leave().Guard();
        await Gates.Get(Name + "/gone").Pass().Guard();
        Assert.Equal(0, await Grain.Ticks().Guard());
        Clock.Advance(100 * OneSecond);
        Assert.Equal(0, await Grain.Ticks().Guard());
        Assert.Empty(Gates.Get(Name).Notes);
    }
}
