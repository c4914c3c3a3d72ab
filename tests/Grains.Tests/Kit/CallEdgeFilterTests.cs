namespace ImOrleans.Grains.Tests.Kit;

public sealed class CallEdgeFilterTests : GrainTest
{
    /// <summary>The canary: were the filter not in place, no other test here would notice a stray call.</summary>
    [Fact]
    public void A_call_that_the_design_does_not_have_fails_and_names_both_ends()
    {
        var call = Begin(() => Grains.GetGrain<IStrayGrain>("x").CallRoomAsync());

        var failure = Assert.Throws<InvalidOperationException>(() => call.GetAwaiter().GetResult());
        Assert.Contains("stray/x", failure.Message, StringComparison.Ordinal);
        Assert.Contains("room/s:5:lobby", failure.Message, StringComparison.Ordinal);
    }
}
