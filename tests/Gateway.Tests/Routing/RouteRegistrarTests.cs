using ImOrleans.Gateway.Routing;
using ImOrleans.Gateway.Tests.Doubles;
using ImOrleans.Grains.Abstractions.Topics;
using ImOrleans.Grains.Abstractions.Users;
using static ImOrleans.Gateway.Tests.Doubles.GatewayBench;

namespace ImOrleans.Gateway.Tests.Routing;

public sealed class RouteRegistrarTests : IDisposable
{
    private readonly GatewayBench _bench = new();

    private FakeTopicGrain Topic => _bench.Grains.Topic(Lobby, News);

    private RouteRegistrar Registrar => _bench.Registrar;

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task A_marked_route_is_registered_with_everything_that_is_confirmed()
    {
        var ann = await _bench.FollowAsync("ann", null, "pub", "other");
        var bob = await _bench.JoinAsync("bob");
        AssertAccepted(await _bench.JoinTopicAsync(bob).Guard());
        Topic.Epoch = 2;
        Topic.Silo = "silo-2";
        Registrar.Invalidate(_bench.TopicRoute()!);
        var registration = (TopicRegistration)(await Topic.NextAsync("Register")).Request;
        Assert.Equal(bob.Id, Assert.Single(registration.Publishers).Session);
        var subscription = Assert.Single(registration.Subscriptions);
        Assert.Equal(ann.Id, subscription.Session);
        Assert.Equal(["other", "pub"], subscription.Users.Select(user => user.Value));
        var route = await _bench.NextSettledAsync();
        Assert.Same(_bench.TopicRoute(), route);
        Assert.Equal((2, "silo-2", false), (route.Epoch, route.Silo, route.NeedsRegistration));
    }

    [Fact]
    public async Task A_failed_registration_is_repeated_with_growing_pauses_until_it_succeeds()
    {
        await _bench.FollowAsync("ann", null, "pub");
        await _bench.Clock.NextTimerAsync(); // The end of her token.
        var failures = Enumerable.Repeat<object>(new TimeoutException(), 7).ToArray();
        Topic.Script("Register", failures);
        Registrar.Invalidate(_bench.TopicRoute()!);
        await Topic.NextAsync("Register");
        foreach (var milliseconds in new[] { 100, 200, 400, 800, 1600, 2000, 2000 })
        {
            var pause = await _bench.Clock.NextTimerAsync();
            Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), pause);
            var attempts = Topic.CountOf("Register");
            _bench.Clock.Advance(pause - TimeSpan.FromMilliseconds(1));
            Assert.Equal(attempts, Topic.CountOf("Register"));
            _bench.Clock.Advance(TimeSpan.FromMilliseconds(1));
            await Topic.NextAsync("Register");
        }

        Assert.False((await _bench.NextSettledAsync()).NeedsRegistration);
        Assert.Equal(8, Topic.CountOf("Register"));
    }

    [Fact]
    public async Task A_refused_registration_is_repeated_as_well()
    {
        await _bench.FollowAsync("ann", null, "pub");
        await _bench.Clock.NextTimerAsync();
        Topic.Script("Register", ErrorCode.RouteStale);
        Registrar.Invalidate(_bench.TopicRoute()!);
        _bench.Clock.Advance(await _bench.Clock.NextTimerAsync());
        await _bench.NextSettledAsync();
        var generations = Topic.Requests<TopicRegistration>().Select(request => request.Route.Generation).ToList();
        Assert.Equal(2, generations.Count);
        Assert.True(generations[0] < generations[1]);
    }

    [Fact]
    public async Task A_route_has_one_registration_under_way_however_often_it_is_asked_for()
    {
        await _bench.FollowAsync("ann", null, "pub");
        var route = _bench.TopicRoute()!;
        Topic.Hold("Register");
        Registrar.Invalidate(route);
        var call = await Topic.NextAsync("Register");
        var waiting = Registrar.EnsureAsync(route);
        Registrar.Schedule(route);
        Assert.Same(waiting, Registrar.EnsureAsync(route));
        Assert.False(waiting.IsCompleted);
        call.Reply(Topic.Stamp);
        Assert.True(await waiting.Guard());
        await _bench.NextSettledAsync();
        Assert.Equal(1, Topic.CountOf("Register"));
    }

    [Fact]
    public async Task A_route_that_is_marked_during_its_registration_is_registered_again()
    {
        await _bench.FollowAsync("ann", null, "pub");
        await _bench.Clock.NextTimerAsync();
        var route = _bench.TopicRoute()!;
        Topic.Hold("Register");
        Registrar.Invalidate(route);
        var first = await Topic.NextAsync("Register");
        Registrar.Invalidate(route);
        first.Reply(Topic.Stamp);
        _bench.Clock.Advance(await _bench.Clock.NextTimerAsync());
        (await Topic.NextAsync("Register")).Reply(Topic.Stamp);
        Assert.False((await _bench.NextSettledAsync()).NeedsRegistration);
    }

    [Fact]
    public async Task A_route_that_is_not_marked_is_registered_already()
    {
        await _bench.FollowAsync("ann", null, "pub");
        Assert.True(await Registrar.EnsureAsync(_bench.TopicRoute()!).Guard());
        Registrar.Schedule(_bench.TopicRoute()!);
        Assert.Equal(0, Topic.CountOf("Register"));
    }

    [Fact]
    public async Task Ensure_tells_when_the_grain_cannot_be_reached_now()
    {
        await _bench.FollowAsync("ann", null, "pub");
        var route = _bench.TopicRoute()!;
        Topic.Script("Register", new TimeoutException());
        lock (route.Gate)
            route.Invalidate();
        Assert.False(await Registrar.EnsureAsync(route).Guard());
        Assert.True(await Registrar.EnsureAsync(route).Guard());
    }

    [Fact]
    public async Task A_route_that_nobody_wants_is_withdrawn_and_then_dropped()
    {
        var session = await _bench.ConnectAsync();
        _bench.Grains.User("ann").Script("Disconnect", new TimeoutException());
        await _bench.Lifecycle.EndAsync(session).Guard();
        Assert.Equal("u:3:ann", (await _bench.NextSettledAsync()).Key);
        Assert.Empty(_bench.Grains.User("ann").Requests<UserRegistration>()[^1].Sessions);
        Assert.Null(_bench.UserRoute("ann"));
    }

    /// <summary>
    /// Another route may stand for the same grain by now. The grain would take the empty registration of the removed
    /// one for all that this gateway has.
    /// </summary>
    [Fact]
    public async Task A_removed_route_never_registers()
    {
        var session = await _bench.JoinAsync();
        var removed = _bench.RoomRoute()!;
        await _bench.Channels.LeaveAsync(session, new(Lobby)).Guard();
        Assert.True(removed.IsRemoved);
        AssertAccepted(await _bench.Channels.JoinAsync(session, new(Lobby), null).Guard());
        Registrar.Invalidate(removed);
        Assert.False(removed.NeedsRegistration);
        Assert.Equal(0, _bench.Grains.Room(Lobby).CountOf("Register"));
    }

    [Fact]
    public async Task After_the_gateway_has_stopped_nothing_is_repeated()
    {
        await _bench.FollowAsync("ann", null, "pub");
        await _bench.Clock.NextTimerAsync();
        Topic.Script("Register", new TimeoutException());
        Registrar.Invalidate(_bench.TopicRoute()!);
        await _bench.Clock.NextTimerAsync();
        _bench.Dispose();
        _bench.Clock.Advance(TimeSpan.FromSeconds(10));
        Registrar.Schedule(_bench.TopicRoute()!);
        Assert.Equal(1, Topic.CountOf("Register"));
    }

    [Fact]
    public async Task Many_routes_register_at_most_64_at_a_time()
    {
        var routes = new List<Route>();
        for (var i = 0; i < 70; i++)
        {
            await _bench.ConnectAsync($"u{i}");
            routes.Add(_bench.UserRoute($"u{i}")!);
            _bench.Grains.User($"u{i}").Hold("Register");
        }

        routes.ForEach(Registrar.Invalidate);
        int UnderWay() => Enumerable.Range(0, 70).Sum(i => _bench.Grains.User($"u{i}").CountOf("Register"));
        Assert.Equal(64, UnderWay());
        var first = await _bench.Grains.User("u0").NextAsync("Register");
        first.Reply(_bench.Grains.User("u0").Stamp);
        await _bench.NextSettledAsync();
        await _bench.Grains.User("u64").NextAsync("Register");
        Assert.Equal(65, UnderWay());
    }
}
