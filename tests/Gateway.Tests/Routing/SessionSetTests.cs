using ImOrleans.Gateway.Routing;
using ImOrleans.Gateway.Tests.Doubles;

namespace ImOrleans.Gateway.Tests.Routing;

public sealed class SessionSetTests : IDisposable
{
    private readonly GatewayBench _bench = new();
    private readonly SessionSet _set = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task A_snapshot_stays_as_it_was_when_the_set_changes()
    {
        var (ann, bob) = (await _bench.ConnectAsync("ann"), await _bench.ConnectAsync("bob"));
        Assert.True(_set.Add(ann));
        var before = _set.Snapshot();
        Assert.True(_set.Add(bob));
        Assert.True(_set.Remove(ann));
        Assert.Equal([ann], before);
        Assert.Equal([bob], _set.Snapshot());
        Assert.Equal(1, _set.Count);
    }

    [Fact]
    public async Task Without_a_change_the_same_snapshot_is_given_again()
    {
        var ann = await _bench.ConnectAsync();
        Assert.Empty(_set.Snapshot());
        _set.Add(ann);
        var snapshot = _set.Snapshot();
        Assert.False(_set.Add(ann));
        Assert.False(_set.Remove(await _bench.ConnectAsync("bob")));
        Assert.Same(snapshot, _set.Snapshot());
    }
}
