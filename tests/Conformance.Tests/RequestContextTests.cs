namespace ImOrleans.Conformance.Tests;

public sealed class RequestContextTests(SharedCluster shared) : SharedFacts(shared)
{
    private IFilteredGrain Grain => Grains.GetGrain<IFilteredGrain>(Name);

    [Fact]
    public async Task Values_flow_with_a_call_and_beyond()
    {
        RequestContext.Set("who", "me");
        Assert.Equal("me", await Grain.ReadContext("who").Guard());
        Assert.Equal("me", await Grain.ReadContextThrough(Name + "/other", "who").Guard());
    }

    [Fact]
    public async Task Values_removed_or_cleared_do_not_flow()
    {
        RequestContext.Set("who", "me");
        RequestContext.Set("what", "it");
        Assert.True(RequestContext.Remove("who"));
        Assert.False(RequestContext.Remove("who"));
        Assert.Null(await Grain.ReadContext("who").Guard());
        Assert.Equal("it", await Grain.ReadContext("what").Guard());
        RequestContext.Clear();
        Assert.Null(await Grain.ReadContext("what").Guard());
    }

    [Fact]
    public async Task What_a_grain_sets_does_not_reach_its_caller_nor_the_next_call()
    {
        await Grain.Nothing().Guard();
        Assert.Null(RequestContext.Get("left behind"));
        Assert.Null(await Grain.ReadContext("left behind").Guard());
    }
}
