using Orleans.Storage;

namespace ImOrleans.Conformance.Tests;

public sealed class LifeTests(SharedCluster shared) : SharedFacts(shared)
{
    private ILifeGrain Grain => Grains.GetGrain<ILifeGrain>(Name);

    private IEnumerable<string> Notes => Gates.Get(Name).Notes;

    [Fact]
    public async Task Activation_hook_runs_before_the_first_request_and_once()
    {
        await Task.WhenAll(Grain.Number(), Grain.Number()).Guard();
        Assert.Equal(["activated"], Notes);
    }

    /// <summary>Takes five seconds: so long are callers held up, that a grain which cannot start is not tried without end.</summary>
    [Fact]
    public async Task Failed_activation_fails_the_caller_and_the_next_call_tries_again()
    {
        var grain = Grains.GetGrain<IRefusingGrain>(Name);
        var call = grain.Number();
        await Gates.Get(Name).Entered.Guard();
        Gates.Get(Name).Open();
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => call.Guard());
        Assert.Equal("Not yet.", failure.Message);
        Assert.Equal(2, await grain.Number().Guard());
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
        var gate = Name + "/gate";
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
    public async Task Inconsistent_state_ends_the_activation_it_came_from_only()
    {
        var caller = Grains.GetGrain<ILifeGrain>(Name + "/caller");
        var callerNumber = await caller.Number().Guard();
        var first = await Grain.Number().Guard();
        await Assert.ThrowsAsync<InconsistentStateException>(() => caller.CallFailing(Name).Guard());
        Assert.NotEqual(first, await Grain.Number().Guard());
        Assert.Equal(callerNumber, await caller.Number().Guard());
        Assert.Contains("deactivated ApplicationError", Notes);
    }

    [Fact]
    public async Task Other_failures_leave_the_activation_alone()
    {
        var echo = Grains.GetGrain<IEchoGrain>(Name);
        var first = await echo.ActivationNumber().Guard();
        await Assert.ThrowsAsync<InvalidOperationException>(() => echo.Throw("x").Guard());
        Assert.Equal(first, await echo.ActivationNumber().Guard());
    }
}
