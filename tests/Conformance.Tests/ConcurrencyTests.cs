namespace ImOrleans.Conformance.Tests;

public sealed class ConcurrencyTests(SharedCluster shared) : SharedFacts(shared)
{
    private IOrderGrain Grain => Grains.GetGrain<IOrderGrain>(Name);

    [Fact]
    public async Task Next_request_waits_for_the_former_across_its_awaits()
    {
        var first = Grain.Plain("first");
        await EnteredAsync("first");
        var second = Grain.Plain("second");
        Open("second");
        Assert.Equal(["+first"], await Grain.Notes().Guard());
        Open("first");
        await Task.WhenAll(first, second).Guard();
        Assert.Equal(["+first", "-first", "+second", "-second"], await Grain.Notes().Guard());
    }

    /// <summary>In which order they arrive is not promised: on Orleans a call may overtake one that is not awaited.</summary>
    [Fact]
    public async Task Requests_run_one_after_the_other_each_once()
    {
        var names = Enumerable.Range(0, 50).Select(static i => $"{i}").ToArray();
        await Task.WhenAll(names.Select(name =>
        {
            Open(name);
            return Grain.Plain(name);
        })).Guard();
        var notes = await Grain.Notes().Guard();
        var started = notes.Where(static note => note[0] == '+').Select(static note => note[1..]).ToArray();
        Assert.Equal(names.Order(), started.Order());
        Assert.Equal(started.SelectMany(static name => new[] { "+" + name, "-" + name }), notes);
    }

    [Fact]
    public async Task Always_interleave_runs_beside_a_request()
    {
        var plain = Grain.Plain("plain");
        await EnteredAsync("plain");
        Open("always");
        await Grain.Always("always").Guard();
        Open("plain");
        await plain.Guard();
        Assert.Equal(["+plain", "+always", "-always", "-plain"], await Grain.Notes().Guard());
    }

    [Fact]
    public async Task Read_only_runs_beside_read_only_and_nothing_else()
    {
        var first = Grain.Read("r1");
        await EnteredAsync("r1");
        var plain = Grain.Plain("plain");
        var second = Grain.Read("r2");
        await EnteredAsync("r2");
        Assert.Equal(["+r1", "+r2"], await Grain.Notes().Guard());
        Open("r2");
        await second.Guard();
        Open("r1");
        await first.Guard();
        await EnteredAsync("plain");
        var third = Grain.Read("r3");
        Assert.Equal(["+r1", "+r2", "-r2", "-r1", "+plain"], await Grain.Notes().Guard());
        Open("plain");
        Open("r3");
        await Task.WhenAll(plain, third).Guard();
    }

    /// <summary>Only the request that came first holds up others; one that runs beside it does not.</summary>
    [Fact]
    public async Task Request_that_waits_may_start_though_a_read_only_one_still_runs()
    {
        var first = Grain.Read("r1");
        await EnteredAsync("r1");
        var plain = Grain.Plain("plain");
        var second = Grain.Read("r2");
        await EnteredAsync("r2");
        Open("r1");
        await first.Guard();
        await EnteredAsync("plain");
        Assert.False(second.IsCompleted);
        Open("plain");
        Open("r2");
        await Task.WhenAll(plain, second).Guard();
    }

    [Fact]
    public async Task Reentrant_class_starts_all_requests()
    {
        var grain = Grains.GetGrain<IReentrantOrderGrain>(Name);
        var first = grain.Plain("first");
        await EnteredAsync("first");
        var second = grain.Plain("second");
        await EnteredAsync("second");
        Assert.Equal(["+first", "+second"], await grain.Notes().Guard());
        Open("second");
        await second.Guard();
        Open("first");
        await first.Guard();
    }

    [Fact]
    public async Task Cycle_of_calls_ends_by_timeout()
    {
        await Assert.ThrowsAsync<TimeoutException>(() => Grain.CallSelf().Guard());
    }

    private Task EnteredAsync(string name) => Gates.Get($"{Name}/{name}").Entered.Guard();

    private void Open(string name) => Gates.Get($"{Name}/{name}").Open();
}
