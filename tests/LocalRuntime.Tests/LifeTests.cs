namespace ImOrleans.LocalRuntime.Tests;

public sealed class LifeTests : TestBase
{
    private readonly string _name = $"{nameof(LifeTests)}{Guid.NewGuid():N}";

    private ILifeGrain Grain => Grains.GetGrain<ILifeGrain>(_name);

    private IEnumerable<string> Notes => Gates.Get(_name).Notes;

    [Fact]
    public async Task Activation_that_takes_too_long_fails()
    {
        var call = Grains.GetGrain<IRefusingGrain>(_name).Number();
        await Gates.Get(_name).Entered.Guard();
        var gone = Cluster.Directory.Find(Grains.GetGrain<IRefusingGrain>(_name).GetGrainId())!.Deactivated;
        // The limit of the activation is as long as that of the call: whichever fires first, the caller sees it.
        Clock.Advance(TimeSpan.FromSeconds(30));
        await Assert.ThrowsAsync<TimeoutException>(() => call.Guard());
        await gone.Guard();
        Gates.Get(_name).Open();
        Gates.Get(_name).Notes.Enqueue("enough");
        Assert.Equal(3, await Grains.GetGrain<IRefusingGrain>(_name).Number().Guard());
    }

    [Fact]
    public async Task Deactivation_hook_that_hangs_is_given_up()
    {
        var grain = Grains.GetGrain<ILifeGrain>(_name + "/hang");
        var first = await grain.Number().Guard();
        await grain.Leave().Guard();
        await Gates.Get(_name + "/hang").Entered.Guard();
        var next = grain.Number();
        Assert.False(next.IsCompleted);
        Clock.Advance(TimeSpan.FromSeconds(30));
        // The call waited as long as a call may, so either it fails now or the next activation has answered it.
        await Task.WhenAny(next).Guard();
        Assert.NotEqual(first, await grain.Number().Guard());
    }

    [Fact]
    public async Task Idle_activation_is_collected_after_its_age()
    {
        var first = await Grain.Number().Guard();
        Clock.Advance(TimeSpan.FromMinutes(14));
        Assert.Equal(first, await Grain.Number().Guard());
        await CollectAsync(Grain, TimeSpan.FromMinutes(17));
        Assert.NotEqual(first, await Grain.Number().Guard());
        Assert.Contains("deactivated ActivationIdle", Notes);
    }

    [Fact]
    public async Task Used_activation_is_not_collected()
    {
        var first = await Grain.Number().Guard();
        for (var i = 0; i < 10; i++)
        {
            Clock.Advance(TimeSpan.FromMinutes(10));
            Assert.Equal(first, await Grain.Number().Guard());
        }
    }

    [Fact]
    public async Task Delayed_activation_is_collected_after_the_delay()
    {
        var first = await Grain.Number().Guard();
        await Grain.Delay(TimeSpan.FromHours(2)).Guard();
        Clock.Advance(TimeSpan.FromMinutes(119));
        Assert.Equal(first, await Grain.Number().Guard());
        await CollectAsync(Grain, TimeSpan.FromMinutes(17));
        Assert.NotEqual(first, await Grain.Number().Guard());
    }

    [Fact]
    public async Task Delay_can_be_taken_back()
    {
        var first = await Grain.Number().Guard();
        await Grain.Delay(Timeout.InfiniteTimeSpan).Guard();
        Clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal(first, await Grain.Number().Guard());
        await Grain.Delay(TimeSpan.Zero).Guard();
        await CollectAsync(Grain, TimeSpan.FromMinutes(17));
        Assert.NotEqual(first, await Grain.Number().Guard());
    }

    [Fact]
    public async Task Class_may_have_an_age_of_its_own()
    {
        var grain = Grains.GetGrain<IShortLifeGrain>(_name);
        var first = await grain.Number().Guard();
        await CollectAsync(grain, TimeSpan.FromMinutes(4));
        Assert.NotEqual(first, await grain.Number().Guard());
    }

    [Fact]
    public async Task Class_may_live_for_ever()
    {
        var grain = Grains.GetGrain<IEndlessLifeGrain>(_name);
        var first = await grain.Number().Guard();
        Clock.Advance(TimeSpan.FromDays(10));
        Assert.Equal(first, await grain.Number().Guard());
    }

    [Fact]
    public async Task Running_request_keeps_the_activation()
    {
        var gate = Grains.GetGrain<IGateGrain>(_name);
        var running = gate.Pass(_name + "/gate");
        await Gates.Get(_name + "/gate").Entered.Guard();
        Clock.Advance(TimeSpan.FromMinutes(20));
        Assert.Equal(1, Cluster.ActivationCount);
        Assert.Empty(Notes);
        Gates.Get(_name + "/gate").Open();
        await Assert.ThrowsAsync<TimeoutException>(() => running.Guard());
    }

    private async Task CollectAsync(IAddressable grain, TimeSpan after)
    {
        var gone = Cluster.Directory.Find(grain.GetGrainId())!.Deactivated;
        Clock.Advance(after);
        await gone.Guard();
    }
}
