using Orleans.Configuration;
using Orleans.Hosting;

namespace ImOrleans.LocalRuntime.Tests;

public sealed class TimeoutTests : TestBase
{
    private readonly string _name = $"{nameof(TimeoutTests)}{Guid.NewGuid():N}";

    private ISlowGrain Grain => Grains.GetGrain<ISlowGrain>(_name);

    private Gates.Gate Gate => Gates.Get(_name);

    [Fact]
    public async Task Caller_gives_up_after_the_default_limit()
    {
        var call = Grain.Wait(_name);
        await Gate.Entered.Guard();
        Clock.Advance(TimeSpan.FromSeconds(20) - TimeSpan.FromTicks(1));
        Assert.False(call.IsCompleted);
        Clock.Advance(TimeSpan.FromTicks(1));
        await Assert.ThrowsAsync<TimeoutException>(() => call.Guard());
    }

    [Fact]
    public async Task Method_may_have_a_limit_of_its_own()
    {
        var call = Grain.WaitShort(_name);
        await Gate.Entered.Guard();
        Clock.Advance(TimeSpan.FromSeconds(2));
        await Assert.ThrowsAsync<TimeoutException>(() => call.Guard());
    }

    [Fact]
    public async Task Each_call_has_its_own_limit()
    {
        var first = Grain.Wait(_name);
        await Gate.Entered.Guard();
        Clock.Advance(TimeSpan.FromSeconds(15));
        var second = Grain.Wait(_name);
        Clock.Advance(TimeSpan.FromSeconds(5));
        await Assert.ThrowsAsync<TimeoutException>(() => first.Guard());
        Assert.False(second.IsCompleted);
        Clock.Advance(TimeSpan.FromSeconds(15));
        await Assert.ThrowsAsync<TimeoutException>(() => second.Guard());
    }

    [Fact]
    public async Task Timeout_does_not_end_the_callee()
    {
        var call = Grain.WaitShort(_name);
        await Gate.Entered.Guard();
        Clock.Advance(TimeSpan.FromSeconds(2));
        await Assert.ThrowsAsync<TimeoutException>(() => call.Guard());
        Gate.Open();
        await Gates.Get(_name + "/done").Pass().Guard();
        Assert.Equal(["went on"], Gate.Notes);
    }

    [Fact]
    public async Task Request_whose_caller_gave_up_does_not_start()
    {
        var running = Grain.Wait(_name);
        await Gate.Entered.Guard();
        var waiting = Grain.WaitShort(_name);
        Clock.Advance(TimeSpan.FromSeconds(2));
        await Assert.ThrowsAsync<TimeoutException>(() => waiting.Guard());
        Gate.Open();
        await running.Guard();
        Assert.Equal(1, await Grain.Started().Guard());
    }

    /// <summary>A dropped request once had its answer made from nothing, which broke the turn it was dropped in.</summary>
    [Fact]
    public async Task Dropped_request_with_a_result_leaves_the_grain_working()
    {
        var running = Grain.Wait(_name);
        await Gate.Entered.Guard();
        var waiting = Grain.CountShort();
        Clock.Advance(TimeSpan.FromSeconds(2));
        await Assert.ThrowsAsync<TimeoutException>(() => waiting.Guard());
        Gate.Open();
        await running.Guard();
        Assert.Equal(1, await Grain.CountShort().Guard());
    }

    [Fact]
    public async Task One_way_call_does_not_wait()
    {
        await Grain.Forget(_name).Guard();
        await Gate.Entered.Guard();
        Gate.Open();
        await Gates.Get(_name + "/done").Pass().Guard();
    }

    [Fact]
    public async Task Cancelled_caller_is_answered_at_once_and_the_callee_is_told_in_a_turn()
    {
        using var source = new CancellationTokenSource();
        var call = Grain.WaitCancellable(_name, source.Token);
        await Gate.Entered.Guard();
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.Guard());
        await Gates.Get(_name + "/cancelled").Pass().Guard();
        Assert.Equal(["cancelled in a turn"], Gate.Notes);
        Gate.Open();
    }

    [Fact]
    public async Task Call_with_a_cancelled_token_is_not_sent()
    {
        using var source = new CancellationTokenSource();
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            Grain.WaitCancellable(_name, source.Token).Guard());
        Assert.Equal(0, await Grain.Started().Guard());
    }

    [Fact]
    public async Task Answered_calls_leave_one_timer_behind()
    {
        for (var i = 0; i < 1000; i++)
        {
            await Grain.Started().Guard();
        }

        // One for each queue of waiting calls at most, one for idle collection.
        Assert.InRange(Clock.PendingTimers, 1, Environment.ProcessorCount + 1);
    }

    protected override void Configure(ISiloBuilder builder) =>
        builder.Configure<SiloMessagingOptions>(static options => options.ResponseTimeout = TimeSpan.FromSeconds(20));
}
