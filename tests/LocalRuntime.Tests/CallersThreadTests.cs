using Orleans.Hosting;

namespace ImOrleans.LocalRuntime.Tests;

/// <summary>Calls that begin on the thread of their caller, where a silo allows that.</summary>
public sealed class CallersThreadTests : TestBase
{
    [Fact]
    public async Task A_call_to_a_grain_with_nothing_to_do_is_answered_when_it_returns()
    {
        var grain = await ActiveAsync();
        await OnPool(() =>
        {
            var call = CallersGrain.During(grain.Where);
            Assert.True(call.IsCompletedSuccessfully);
            Assert.True(call.Result.IsInsideCall);
            Assert.True(call.Result.IsOnScheduler);
            Assert.Same(TaskScheduler.Default, TaskScheduler.Current);
            var byValue = CallersGrain.During(() => grain.WhereByValue().AsTask());
            Assert.True(byValue.IsCompletedSuccessfully && byValue.Result.IsInsideCall);
            Assert.IsType<InvalidOperationException>(grain.Fail().Exception?.InnerException);
            return Task.CompletedTask;
        });
    }

    [Fact]
    public async Task A_turn_on_the_callers_thread_sees_the_request_context_and_nothing_else_of_the_caller()
    {
        var grain = await ActiveAsync();
        await OnPool(() =>
        {
            CallersGrain.Ambient.Value = "the caller's";
            RequestContext.Set("key", "value");
            var call = CallersGrain.During(grain.Where);
            Assert.Equal((true, null, "value"), (call.Result.IsInsideCall, call.Result.Ambient, call.Result.Request));
            Assert.Equal(("the caller's", "value"), (CallersGrain.Ambient.Value, RequestContext.Get("key")));
            return Task.CompletedTask;
        });
    }

    [Fact]
    public async Task What_follows_an_await_is_a_turn_of_the_grain() =>
        Assert.True(await OnPool((await ActiveAsync()).ComesBack));

    [Fact]
    public async Task A_call_waits_for_the_one_before()
    {
        var grain = await ActiveAsync();
        await OnPool(async () =>
        {
            var gate = new TaskCompletionSource();
            var before = grain.Wait(gate.Task);
            var calls = Enumerable.Range(0, 10).Select(_ => grain.Next()).ToArray();
            Assert.DoesNotContain(calls, call => call.IsCompleted);
            gate.SetResult();
            await before;
            Assert.Equal(Enumerable.Range(0, 10), await Task.WhenAll(calls));
            return true;
        });
    }

    [Fact]
    public async Task Turns_never_overlap_whoever_calls()
    {
        const int Callers = 4;
        const int Calls = 2000;
        var grain = await ActiveAsync();
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => OnPool(async () =>
        {
            for (var i = 0; i < Calls; i++)
            {
                await grain.Next();
            }

            return true;
        })));
        Assert.Equal(Callers * Calls, await grain.Next().Guard());
    }

    [Fact]
    public async Task A_grain_never_runs_inside_the_turn_of_another()
    {
        var (grain, other) = (await ActiveAsync("one"), await ActiveAsync("other"));
        Assert.False((await OnPool(() => grain.WhereOther(other.GetPrimaryKeyString()))).IsInsideCall);
    }

    [Fact]
    public async Task A_caller_with_a_scheduler_or_context_of_its_own_keeps_its_thread()
    {
        var grain = await ActiveAsync();
        await OnPool(async () =>
        {
            SynchronizationContext.SetSynchronizationContext(new());
            var call = CallersGrain.During(grain.Where);
            SynchronizationContext.SetSynchronizationContext(null);
            Assert.False((await call).IsInsideCall);
            return true;
        });
    }

    [Fact]
    public async Task A_silo_that_was_not_told_to_begins_no_call_on_its_callers_thread()
    {
        await using var silo = await TestSilo.StartAsync(
            new LocalCluster(), builder => builder.AddGrains(typeof(CallersGrain)));
        var grain = silo.Grains.GetGrain<ICallersGrain>("plain");
        await grain.Where().Guard();
        Assert.False((await OnPool(() => CallersGrain.During(grain.Where))).IsInsideCall);
    }

    protected override void Configure(ISiloBuilder builder) => builder.BeginCallsOnCallersThread();

    private static Task<T> OnPool<T>(Func<Task<T>> code) => Task.Run(code).Guard();

    private static Task OnPool(Func<Task> code) => Task.Run(code).Guard();

    private async Task<ICallersGrain> ActiveAsync(string key = "grain")
    {
        var grain = Grains.GetGrain<ICallersGrain>(key);
        await grain.Where().Guard();
        return grain;
    }
}
