namespace ImOrleans.Conformance.Tests;

public sealed class TimeoutTests(SharedCluster shared) : SharedFacts(shared)
{
    private ISlowGrain Grain => Grains.GetGrain<ISlowGrain>(Name);

    private Gates.Gate Gate => Gates.Get(Name);

    [Fact]
    public async Task Timeout_does_not_end_the_callee()
    {
        var call = Grain.WaitShort(Name);
        await Gate.Entered.Guard();
        await Assert.ThrowsAsync<TimeoutException>(() => call.Guard());
        Gate.Open();
        await Gates.Get(Name + "/done").Pass().Guard();
        Assert.Equal(["went on"], Gate.Notes);
    }

    [Fact]
    public async Task Request_whose_caller_gave_up_does_not_start()
    {
        var running = Grain.Wait(Name);
        await Gate.Entered.Guard();
        await Assert.ThrowsAsync<TimeoutException>(() => Grain.WaitShort(Name).Guard());
        Gate.Open();
        await running.Guard();
        Assert.Equal(1, await Grain.Started().Guard());
    }

    /// <summary>A dropped request once had its answer made from nothing, which broke the turn it was dropped in.</summary>
    [Fact]
    public async Task Dropped_request_with_a_result_leaves_the_grain_working()
    {
        var running = Grain.Wait(Name);
        await Gate.Entered.Guard();
        await Assert.ThrowsAsync<TimeoutException>(() => Grain.CountShort().Guard());
        Gate.Open();
        await running.Guard();
        Assert.Equal(1, await Grain.CountShort().Guard());
    }

    [Fact]
    public async Task One_way_call_does_not_wait()
    {
        await Grain.Forget(Name).Guard();
        await Gate.Entered.Guard();
        Gate.Open();
        await Gates.Get(Name + "/done").Pass().Guard();
    }

    [Fact]
    public async Task Cancelled_caller_is_answered_at_once_and_the_callee_is_told_in_a_turn()
    {
        using var source = new CancellationTokenSource();
        var call = Grain.WaitCancellable(Name, source.Token);
        await Gate.Entered.Guard();
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.Guard());
        await Gates.Get(Name + "/cancelled").Pass().Guard();
        Assert.Equal(["cancelled in a turn"], Gate.Notes);
        Gate.Open();
    }

    [Fact]
    public async Task Call_with_a_cancelled_token_is_not_sent()
    {
        using var source = new CancellationTokenSource();
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            Grain.WaitCancellable(Name, source.Token).Guard());
        Assert.Equal(0, await Grain.Started().Guard());
    }
}
