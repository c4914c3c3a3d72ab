using Orleans.Storage;

namespace ImOrleans.LocalRuntime.Tests;

public sealed class LifeTests : TestBase
{
    private readonly string _name = $"{nameof(LifeTests)}{Guid.NewGuid():N}";

    private ILifeGrain Grain => Grains.GetGrain<ILifeGrain>(_name);

    private IEnumerable<string> Notes => Gates.Get(_name).Notes;

    [Fact]
    public async Task Activation_hook_runs_before_the_first_request_and_once()
    {
        await Task.WhenAll(Grain.Number(), Grain.Number()).Guard();
        Assert.Equal(["activated"], Notes);
    }

    [Fact]
    public async Task Failed_activation_fails_the_callers_and_the_next_call_tries_again()
    {
        var grain = Grains.GetGrain<IRefusingGrain>(_name);
        var calls = new[] { grain.Number(), grain.Number() };
        Gates.Get(_name).Open();
        foreach (var call in calls)
        {
            var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => call.Guard());
            Assert.Equal("Not yet.", failure.Message);
        }

        Assert.Equal(2, await grain.Number().Guard());
    }

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
    public async Task Grain_that_leaves_is_followed_by_a_new_activation()
    {
        var first = await Grain.Number().Guard();
        await Grain.Leave().Guard();
        Assert.NotEqual(first, await Grain.Number().Guard());
        Assert.Equal(["activated", "deactivated ApplicationRequested", "activated"], Notes);
    }

    [Fact]
    public async Task Requests_that_wait_while_a_grain_leaves_go_to_the_next_activation()
    {
        var first = await Grain.Number().Guard();
        var gate = _name + "/gate";
        var leaving = Grain.LeaveAfter(gate);
        await Gates.Get(gate).Entered.Guard();
        var waiting = new[] { Grain.Number(), Grain.Number(), Grain.Number() };
        Gates.Get(gate).Open();
        await leaving.Guard();
        var numbers = await Task.WhenAll(waiting).Guard();
        Assert.Single(numbers.Distinct());
        Assert.NotEqual(first, numbers[0]);
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
    public async Task Inconsistent_state_ends_the_activation_it_came_from_only()
    {
        var caller = Grains.GetGrain<ILifeGrain>(_name + "/caller");
        var callerNumber = await caller.Number().Guard();
        var first = await Grain.Number().Guard();
        await Assert.ThrowsAsync<InconsistentStateException>(() => caller.CallFailing(_name).Guard());
        Assert.NotEqual(first, await Grain.Number().Guard());
        Assert.Equal(callerNumber, await caller.Number().Guard());
        Assert.Contains("deactivated ApplicationError", Notes);
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
