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
        Clock.Advance(TimeSpan.FromSeconds(1));
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
