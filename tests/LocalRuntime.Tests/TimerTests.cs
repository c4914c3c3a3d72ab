namespace ImOrleans.LocalRuntime.Tests;

public sealed class TimerTests : TestBase
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly string _name = $"{nameof(TimerTests)}{Guid.NewGuid():N}";

    private ITickingGrain Grain => Grains.GetGrain<ITickingGrain>(_name);

    [Fact]
    public async Task Timer_fires_at_its_due_time_and_then_each_period()
    {
        await Grain.Start(new GrainTimerCreationOptions(2 * Second, 3 * Second), throws: false).Guard();
        Clock.Advance(2 * Second - TimeSpan.FromTicks(1));
        Assert.Equal(0, await Grain.Ticks().Guard());
        Clock.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(1, await Grain.Ticks().Guard());
        Clock.Advance(3 * Second);
        Assert.Equal(2, await Grain.Ticks().Guard());
    }

    [Fact]
    public async Task Timer_without_period_fires_once()
    {
        await Grain.Start(new GrainTimerCreationOptions(Second, Timeout.InfiniteTimeSpan), throws: false).Guard();
        Clock.Advance(Second);
        Assert.Equal(1, await Grain.Ticks().Guard());
        Clock.Advance(100 * Second);
        Assert.Equal(1, await Grain.Ticks().Guard());
    }

    [Fact]
    public async Task Timer_goes_on_after_its_callback_failed()
    {
        await Grain.Start(new GrainTimerCreationOptions(Second, Second), throws: true).Guard();
        Clock.Advance(Second);
        Assert.Equal(1, await Grain.Ticks().Guard());
        Clock.Advance(Second);
        Assert.Equal(2, await Grain.Ticks().Guard());
    }

    [Fact]
    public async Task Tick_waits_for_the_running_request()
    {
        await Grain.Start(new GrainTimerCreationOptions(Second, Second), throws: false).Guard();
        var held = Grain.Hold(_name);
        await Gates.Get(_name).Entered.Guard();
        var ticks = Grain.Ticks();
        Clock.Advance(Second);
        Gates.Get(_name).Open();
        await held.Guard();
        // The request came before the tick and does not see it.
        Assert.Equal(0, await ticks.Guard());
        Assert.Equal(1, await Grain.Ticks().Guard());
    }

    [Fact]
    public async Task Interleaving_tick_does_not_wait()
    {
        var ticked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        TickingGrain.Ticked += key =>
        {
            if (key == _name)
            {
                ticked.TrySetResult();
            }
        };
        var options = new GrainTimerCreationOptions(Second, Second) { Interleave = true };
        await Grain.Start(options, throws: false).Guard();
        var held = Grain.Hold(_name);
        await Gates.Get(_name).Entered.Guard();
        Clock.Advance(Second);
        await ticked.Task.Guard();
        Assert.False(held.IsCompleted);
        Gates.Get(_name).Open();
        await held.Guard();
    }

    [Fact]
    public async Task Changed_timer_fires_at_its_new_time()
    {
        await Grain.Start(new GrainTimerCreationOptions(Second, Second), throws: false).Guard();
        await Grain.Change(10 * Second, Timeout.InfiniteTimeSpan).Guard();
        Clock.Advance(9 * Second);
        Assert.Equal(0, await Grain.Ticks().Guard());
        Clock.Advance(Second);
        Assert.Equal(1, await Grain.Ticks().Guard());
        Clock.Advance(100 * Second);
        Assert.Equal(1, await Grain.Ticks().Guard());
    }

    [Fact]
    public async Task Disposed_timer_never_fires()
    {
        await Grain.Start(new GrainTimerCreationOptions(Second, Second), throws: false).Guard();
        await Grain.StopTimer().Guard();
        Clock.Advance(100 * Second);
        Assert.Equal(0, await Grain.Ticks().Guard());
    }

    [Fact]
    public async Task Timer_of_a_deactivated_grain_never_fires()
    {
        var ticks = 0;
        TickingGrain.Ticked += key => ticks += key == _name ? 1 : 0;
        await Grain.Start(new GrainTimerCreationOptions(Second, Second), throws: false).Guard();
        var gone = Cluster.Directory.Find(Grain.GetGrainId())!.Deactivated;
        await Grain.Leave().Guard();
        await gone.Guard();
        Clock.Advance(100 * Second);
        Assert.Equal(0, await Grain.Ticks().Guard());
        Assert.Equal(0, ticks);
    }

    [Fact]
    public async Task Timer_of_a_killed_silo_never_fires()
    {
        var ticks = 0;
        TickingGrain.Ticked += key => ticks += key == _name ? 1 : 0;
        await Grain.Start(new GrainTimerCreationOptions(Second, Second), throws: false).Guard();
        var other = await AddSiloAsync();
        Silo.Kill();
        Clock.Advance(100 * Second);
        Assert.Equal(0, await other.Grains.GetGrain<ITickingGrain>(_name).Ticks().Guard());
        Assert.Equal(0, ticks);
    }
}
