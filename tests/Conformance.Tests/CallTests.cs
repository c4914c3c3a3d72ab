namespace ImOrleans.Conformance.Tests;

public sealed class CallTests(SharedCluster shared) : SharedFacts(shared)
{
    private IEchoGrain Echo => Grains.GetGrain<IEchoGrain>("a");

    [Fact]
    public async Task Result_reaches_the_caller() =>
        Assert.Equal("hello", await Echo.Echo("hello").Guard());

    [Fact]
    public async Task Arguments_of_several_types_arrive() =>
        Assert.Equal(42, await Echo.Sum(20, 21L, 1).Guard());

    [Fact]
    public async Task Methods_without_result_complete()
    {
        await Echo.Nothing().Guard();
        await Echo.ValueNothing().AsTask().Guard();
    }

    [Fact]
    public async Task Value_tasks_carry_results()
    {
        var value = new Guid("11111111-2222-3333-4444-555555555555");
        Assert.Equal(value, await Echo.ValueEcho(value).AsTask().Guard());
    }

    [Fact]
    public async Task Exceptions_reach_the_caller_as_thrown()
    {
        foreach (var node in Cluster.Nodes)
        {
            var echo = await GrainOnAsync<IEchoGrain>(node);
            var thrown = await Assert.ThrowsAsync<InvalidOperationException>(() => echo.Throw("now").Guard());
            Assert.Equal("now", thrown.Message);
            var later = await Assert.ThrowsAsync<InvalidOperationException>(() => echo.ThrowLater("later").Guard());
            Assert.Equal("later", later.Message);
        }
    }

    [Fact]
    public async Task Each_key_is_a_grain_of_its_own()
    {
        var first = Grains.GetGrain<IEchoGrain>("first");
        var second = Grains.GetGrain<IEchoGrain>("second");
        Assert.Equal("first", await first.Key().Guard());
        Assert.Equal("second", await second.Key().Guard());
        Assert.NotEqual(await first.ActivationNumber().Guard(), await second.ActivationNumber().Guard());
    }

    [Fact]
    public async Task Concurrent_first_calls_make_one_activation()
    {
        var numbers = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ =>
            Task.Run(() => Grains.GetGrain<IEchoGrain>(Name).ActivationNumber()))).Guard();
        Assert.Single(numbers.Distinct());
    }

    [Fact]
    public async Task All_silos_find_the_same_activation()
    {
        var numbers = new List<int>();
        foreach (var node in Cluster.Nodes)
            numbers.Add(await node.Grains.GetGrain<IEchoGrain>(Name).ActivationNumber().Guard());
        Assert.Single(numbers.Distinct());
    }

    [Fact]
    public async Task Grains_spread_over_the_silos()
    {
        var places = new HashSet<string>();
        for (var i = 0; i < 50; i++)
            places.Add(await Grains.GetGrain<IEchoGrain>($"{Name}/{i}").Where().Guard());
        Assert.Equal(Cluster.Nodes.Select(static node => node.Address).Order(), places.Order());
    }

    [Fact]
    public async Task A_grain_knows_where_it_lives()
    {
        var grain = await GrainOnAsync(Second);
        Assert.Equal(Second.Address, await grain.Where().Guard());
    }

    [Fact]
    public void Interface_without_a_class_is_refused() =>
        Assert.Throws<ArgumentException>(() => Grains.GetGrain<INobodyGrain>("a"));
}
