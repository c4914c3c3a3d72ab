using ImOrleans.Gateway.Routing;
using ImOrleans.Gateway.Tests.Doubles;

namespace ImOrleans.Gateway.Tests.Routing;

public sealed class SessionSetTests : IDisposable
{
    private readonly GatewayBench _bench = new();
    private readonly SessionSet _set = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task What_was_read_stays_as_it_was_when_the_set_changes()
    {
        var (ann, bob) = (await _bench.ConnectAsync("ann"), await _bench.ConnectAsync("bob"));
        Assert.True(_set.Add(ann, 0));
        var before = _set.For(1);
        Assert.True(_set.Add(bob, 0));
        Assert.True(_set.Remove(ann));
        Assert.Equal([ann], before);
        Assert.Equal([bob], _set.For(1));
        Assert.Equal(1, _set.Count);
    }

    [Fact]
    public async Task Without_a_change_the_same_array_is_given_again()
    {
        var ann = await _bench.ConnectAsync();
        Assert.Empty(_set.For(1));
        _set.Add(ann, 0);
        var sessions = _set.For(1);
        Assert.False(_set.Add(ann, 0));
        Assert.False(_set.Remove(await _bench.ConnectAsync("bob")));
        Assert.Same(sessions, _set.For(2));
    }

    [Fact]
    public async Task An_item_is_for_those_who_came_before_it()
    {
        var (ann, bob) = (await _bench.ConnectAsync("ann"), await _bench.ConnectAsync("bob"));
        _set.Add(ann, 3);
        _set.Add(bob, 5);
        Assert.Equal((3L, null), (_set.PositionOf(ann), _set.PositionOf(await _bench.ConnectAsync("cat"))));
        Assert.Empty(_set.For(3));
        Assert.Equal([ann], _set.For(4));
        Assert.Equal([ann], _set.For(5));
        Assert.Equal([ann, bob], _set.For(6));
    }

    [Fact]
    public async Task Everything_of_the_next_activation_is_for_everybody()
    {
        var ann = await _bench.ConnectAsync("ann");
        _set.Add(ann, 3);
        _set.Restart();
        Assert.Equal([ann], _set.For(1));
    }
}
