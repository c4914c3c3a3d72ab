using ImOrleans.Gateway.Tests.Doubles;
using ImOrleans.Grains.Abstractions.Rooms;
using static ImOrleans.Gateway.Tests.Doubles.GatewayBench;

namespace ImOrleans.Gateway.Tests.Routing;

public sealed class RouteTableTests : IDisposable
{
    private readonly GatewayBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void A_route_is_held_while_it_is_in_use_and_dropped_after()
    {
        var first = _bench.Routes.EnterRoom(new(Lobby));
        var second = _bench.Routes.EnterRoom(new(Lobby));
        Assert.Same(first.Route, second.Route);
        first.Dispose();
        Assert.Same(second.Route, _bench.RoomRoute());
        second.Dispose();
        Assert.Null(_bench.RoomRoute());
        Assert.True(second.Route.IsRemoved);
        Assert.Equal(0, _bench.Routes.Count);
    }

    [Fact]
    public async Task A_route_is_held_while_a_session_wants_it()
    {
        var session = await _bench.FollowAsync("ann", null, "pub");
        Assert.Equal(3, _bench.Routes.Count);
        AssertAccepted(await _bench.Topics.UnsubscribeAsync(session, new(Lobby), new(News), []).Guard());
        Assert.Null(_bench.TopicRoute());
        AssertAccepted(await _bench.Channels.LeaveAsync(session, new(Lobby)).Guard());
        Assert.Null(_bench.RoomRoute());
        Assert.NotNull(_bench.UserRoute("ann"));
        await _bench.Lifecycle.EndAsync(session).Guard();
        Assert.Equal(0, _bench.Routes.Count);
    }

    [Fact]
    public async Task The_sessions_of_others_hold_it_as_well()
    {
        var ann = await _bench.JoinAsync("ann");
        await _bench.JoinAsync("bob");
        var route = _bench.RoomRoute();
        await _bench.Lifecycle.EndAsync(ann).Guard();
        Assert.Same(route, _bench.RoomRoute());
        AssertReached(_bench.DeliverToLobby(1, Began(1, "x")), 1);
    }

    [Fact]
    public void A_removed_route_cannot_be_entered_or_delivered_to()
    {
        var lease = _bench.Routes.EnterRoom(new(Lobby));
        lease.Dispose();
        Assert.False(lease.Route.TryEnter());
        Assert.False(lease.Route.Deliver(new(lease.Route.Key, 1, 1, [Began(1, "x")], 0)).IsKnown);
        using var next = _bench.Routes.EnterRoom(new(Lobby));
        Assert.NotSame(lease.Route, next.Route);
    }

    /// <summary>Enters and exits on many threads: whoever is in a route must find it in the table.</summary>
    [Fact]
    public async Task Under_concurrent_use_a_removed_route_is_never_handed_out()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(seed => Task.Run(() =>
        {
            var random = new Random(seed);
            for (var i = 0; i < 20_000; i++)
            {
                var channel = $"c{random.Next(3)}";
                using var lease = _bench.Routes.EnterRoom(new(channel));
                Assert.False(lease.Route.IsRemoved);
                Assert.Same(lease.Route, _bench.Routes.Find(lease.Route.Key));
            }
        }))).Guard();
        Assert.Equal(0, _bench.Routes.Count);
    }

    /// <summary>
    /// The user grain is slow to say that it cannot end the session, and somebody joins the same channel meanwhile. The
    /// registration that withdraws the first must name the second.
    /// </summary>
    [Fact]
    public async Task Ending_the_last_session_of_a_channel_does_not_wipe_out_who_joins_meanwhile()
    {
        var ann = await _bench.JoinAsync("ann");
        var grain = _bench.Grains.User("ann");
        grain.Hold("Disconnect");
        var ending = _bench.Lifecycle.EndAsync(ann);
        var call = await grain.NextAsync("Disconnect");
        var bob = await _bench.JoinAsync("bob");
        call.Fail(new TimeoutException());
        await ending.Guard();
        await Task.WhenAll(_bench.NextSettledAsync(), _bench.NextSettledAsync());
        var registrations = _bench.Grains.Room(Lobby).Requests<RoomRegistration>();
        Assert.Equal(bob.Id, Assert.Single(Assert.Single(registrations).Members).Session);
    }

    [Fact]
    public async Task Leaving_a_channel_that_cannot_be_told_withdraws_from_its_room_and_its_topics()
    {
        var ann = await _bench.FollowAsync("ann", null, "pub");
        _bench.Grains.User("ann").Script("LeaveChannel", new TimeoutException());
        AssertAccepted(await _bench.Channels.LeaveAsync(ann, new(Lobby)).Guard());
        var settled = new[]
        {
            await _bench.NextSettledAsync(), await _bench.NextSettledAsync(), await _bench.NextSettledAsync(),
        };
        Assert.Equal(["s:5:lobby", "t:5:lobby4:news", "u:3:ann"], settled.Select(route => route.Key).Order());
        Assert.Empty(Assert.Single(_bench.Grains.Room(Lobby).Requests<RoomRegistration>()).Members);
        Assert.Equal(1, _bench.Grains.Topic(Lobby, News).CountOf("Register"));
        Assert.Equal("u:3:ann", Assert.Single(_bench.Routes.All).Key);
    }
}
