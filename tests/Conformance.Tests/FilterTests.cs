namespace ImOrleans.Conformance.Tests;

public sealed class FilterTests(SharedCluster shared) : SharedFacts(shared)
{
    private IFilteredGrain Grain => Grains.GetGrain<IFilteredGrain>(Name);

    private IEnumerable<string> Seen => Gates.Get(Name).Notes;

    [Fact]
    public async Task Filters_run_in_order_around_the_method()
    {
        Assert.Equal("xy|own|in", await Grain.Join("x", "y").Guard());
        Assert.Equal(
            [$"out ?->{Name} Join(x,y)", $"in1 ?->{Name} Join", "in2"],
            Seen);
    }

    [Fact]
    public async Task Filters_see_which_grain_calls()
    {
        var other = Name + "/other";
        await Grain.CallOther(other, "x").Guard();
        Assert.Equal([$"out {Name}->{other} Join(x,)", $"in1 {Name}->{other} Join", "in2"], Gates.Get(other).Notes);
    }

    [Fact]
    public async Task Filter_may_change_an_argument() =>
        Assert.Equal("changed!|own|in", await Grain.Join("change me", "!").Guard());

    [Fact]
    public async Task Filter_may_refuse_a_call() =>
        await Assert.ThrowsAsync<UnauthorizedAccessException>(() => Grain.Join("refuse me", "").Guard());

    [Fact]
    public async Task Filter_may_answer_itself() =>
        Assert.Equal("answered", await Grain.Join("answer me", "").Guard());

    [Fact]
    public async Task Methods_without_result_pass_filters() => await Grain.Nothing().Guard();

    [Fact]
    public async Task Filters_know_the_method_of_the_class()
    {
        await Grain.Join("where", "").Guard();
        Assert.Contains("class FilteredGrain", Seen);
    }
}
