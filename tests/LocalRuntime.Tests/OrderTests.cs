namespace ImOrleans.LocalRuntime.Tests;

/// <summary>Calls that are not awaited arrive in the order in which they were made.</summary>
public sealed class OrderTests : TestBase
{
    [Fact]
    public async Task Requests_start_in_the_order_they_were_made()
    {
        var grain = Grains.GetGrain<IOrderGrain>(nameof(OrderTests));
        var names = Enumerable.Range(0, 50).Select(static i => $"{i}").ToArray();
        await Task.WhenAll(names.Select(name =>
        {
            Gates.Get($"{nameof(OrderTests)}/{name}").Open();
            return grain.Plain(name);
        })).Guard();
        Assert.Equal(names.SelectMany(static name => new[] { "+" + name, "-" + name }), await grain.Notes().Guard());
    }

    [Fact]
    public async Task Observers_are_called_in_order()
    {
        var listener = new Listener();
        var publisher = Grains.GetGrain<IPublisherGrain>(nameof(OrderTests));
        await publisher.Subscribe(Grains.CreateObjectReference<IListener>(listener)).Guard();
        await publisher.AskMany(100).Guard();
        Assert.Equal(Enumerable.Range(0, 100), listener.Noted);
    }
}
