namespace ImOrleans.LocalRuntime.Tests;

public sealed class CallTests : TestBase
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
        var thrown = await Assert.ThrowsAsync<InvalidOperationException>(() => Echo.Throw("now").Guard());
        Assert.Equal("now", thrown.Message);
        var later = await Assert.ThrowsAsync<InvalidOperationException>(() => Echo.ThrowLater("later").Guard());
        Assert.Equal("later", later.Message);
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
            Task.Run(() => Grains.GetGrain<IEchoGrain>("shared").ActivationNumber()))).Guard();
        Assert.Single(numbers.Distinct());
    }

    [Fact]
    public void References_to_the_same_grain_are_equal()
    {
        Assert.Equal(Grains.GetGrain<IEchoGrain>("a"), Grains.GetGrain<IEchoGrain>("a"));
        Assert.NotEqual(Grains.GetGrain<IEchoGrain>("a"), Grains.GetGrain<IEchoGrain>("b"));
        Assert.Equal("a", Echo.GetPrimaryKeyString());
        Assert.Equal("echo/a", Echo.GetGrainId().ToString());
    }

    [Fact]
    public void Interface_without_a_class_is_refused() =>
        Assert.Throws<ArgumentException>(() => Grains.GetGrain<INobody>("a"));

    private interface INobody : IGrainWithStringKey;
}
