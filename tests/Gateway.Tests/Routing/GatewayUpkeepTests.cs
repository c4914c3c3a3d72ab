using ImOrleans.Gateway.Routing;
using ImOrleans.Gateway.Tests.Doubles;
using ImOrleans.Grains.Abstractions.Delivery;
using ImOrleans.Grains.Abstractions.Gateways;
using ImOrleans.Grains.Abstractions.Topics;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using static ImOrleans.Gateway.Tests.Doubles.GatewayBench;

namespace ImOrleans.Gateway.Tests.Routing;

/// <summary>What a gateway does without being asked.</summary>
public sealed class GatewayUpkeepTests : IDisposable
{
    private readonly GatewayBench _bench = new();
    private readonly Membership _membership = new();
    private readonly GatewayUpkeep _upkeep;

    public GatewayUpkeepTests() => _upkeep = new(
        _bench.Identity, _bench.Routes, _bench.Registrar, _membership, _bench.Grains.Factory,
        Options.Create(new GatewayOptions()), _bench.Clock, NullLogger<GatewayUpkeep>.Instance);

    private FakeTopicGrain Topic => _bench.Grains.Topic(Lobby, News);

    public void Dispose()
    {
        _upkeep.Dispose();
        _bench.Dispose();
    }

    [Fact]
    public async Task The_lease_is_taken_at_the_start_renewed_every_ten_seconds_and_given_back_at_the_end()
    {
        await _upkeep.StartAsync().Guard();
        Assert.Equal(_bench.Identity.Id, (await _bench.Grains.Leases.NextAsync("Renew")).Request);
        Assert.True(_upkeep.IsLeaseHeld);
        for (var i = 0; i < 3; i++)
        {
            _bench.Clock.Advance(TimeSpan.FromSeconds(10));
            await _bench.Grains.Leases.NextAsync("Renew");
        }

        await _upkeep.StopAsync().Guard();
        Assert.Equal(4, _bench.Grains.Leases.CountOf("Renew"));
        Assert.Equal(_bench.Identity.Id, (await _bench.Grains.Leases.NextAsync("Release")).Request);
    }

    [Fact]
    public async Task Others_are_those_that_have_not_said_good_bye_and_none_when_that_cannot_be_known()
    {
        Assert.False(await _upkeep.HasOthersAsync().Guard());
        var own = new GatewayLease(_bench.Identity.Id, 3, false);
        _bench.Grains.Leases.Leases = [own, new(new("gone"), 9, true)];
        Assert.False(await _upkeep.HasOthersAsync().Guard());
        _bench.Grains.Leases.Leases = [own, new(new("gone"), 9, true), new(new("other"), 1, false)];
        Assert.True(await _upkeep.HasOthersAsync().Guard());
        _bench.Grains.Leases.Script("List", new TimeoutException());
        Assert.False(await _upkeep.HasOthersAsync().Guard());
    }

    [Fact]
    public async Task A_lease_that_cannot_be_taken_is_known_and_tried_again()
    {
        _bench.Grains.Leases.Script("Renew", new TimeoutException());
        await _upkeep.StartAsync().Guard();
        Assert.False(_upkeep.IsLeaseHeld);
        await _bench.Grains.Leases.NextAsync("Renew");
        _bench.Clock.Advance(TimeSpan.FromSeconds(10));
        await _bench.Grains.Leases.NextAsync("Renew");
        await _upkeep.StopAsync().Guard();
        Assert.True(_upkeep.IsLeaseHeld);
    }

    [Fact]
    public async Task What_lived_on_a_silo_that_left_is_registered_anew_and_nothing_else()
    {
        Topic.Silo = "silo-2";
        await _bench.FollowAsync("ann", null, "pub");
        await _upkeep.StartAsync().Guard();
        Topic.Silo = "silo-1";
        Topic.Epoch = 2;
        _membership.Leave("silo-2");
        await Topic.NextAsync("Register");
        Assert.Equal(2, (await _bench.NextSettledAsync()).Epoch);
        Assert.Equal(0, _bench.Grains.User("ann").CountOf("Register"));
        Assert.Equal(0, _bench.Grains.Room(Lobby).CountOf("Register"));
        await _upkeep.StopAsync().Guard();
        _membership.Leave("silo-1");
        Assert.Equal(1, Topic.CountOf("Register"));
    }

    [Fact]
    public async Task Every_second_a_share_of_the_routes_is_compared_with_their_grains()
    {
        await _bench.FollowAsync("ann", null, "pub");
        await _upkeep.StartAsync().Guard();
        await CheckAllAsync();
        await _upkeep.StopAsync().Guard();
        Assert.Single(_bench.Grains.User("ann").Requests<RouteCheck>());
        Assert.Single(_bench.Grains.Room(Lobby).Requests<RouteCheck>());
        var check = Assert.Single(Topic.Requests<RouteCheck>());
        Assert.Equal(new(_bench.Identity.Id, 1, _bench.TopicRoute()!.Digest()), check);
        Assert.Equal(0, Topic.CountOf("Register"));
    }

    [Fact]
    public async Task A_route_that_its_grain_does_not_know_is_registered_anew_and_batches_may_count_from_one_again()
    {
        var connection = new FakeConnection();
        await _bench.FollowAsync("ann", connection, "pub");
        _bench.DeliverNews(5, Message(5, "a"));
        Topic.IsKnown = false;
        await _upkeep.StartAsync().Guard();
        await CheckAllAsync();
        var registration = (TopicRegistration)(await Topic.NextAsync("Register")).Request;
        Assert.Single(registration.Subscriptions);
        await _bench.NextSettledAsync();
        await _upkeep.StopAsync().Guard();
        AssertReached(_bench.DeliverNews(1, Message(6, "b")), 1);
        Assert.Equal("b", Told(connection)[^1]);
    }

    /// <summary>The answer says nothing of what the route became meanwhile.</summary>
    [Fact]
    public async Task A_check_that_a_call_overtook_proves_nothing()
    {
        var ann = await _bench.FollowAsync("ann", null, "pub");
        Topic.Hold("Check");
        var room = _bench.Grains.Room(Lobby);
        await _upkeep.StartAsync().Guard();
        FakeCall check;
        do
        {
            _bench.Clock.Advance(TimeSpan.FromSeconds(1));
            check = await _bench.Grains.NextCheckAsync();
        }
        while (!Topic.Calls.Contains(check));
        room.Hold("SubscribeTopic");
        var subscribing = _bench.SubscribeAsync(ann, "other");
        var call = await room.NextAsync("SubscribeTopic");
        check.Reply(false);
        await _upkeep.StopAsync().Guard();
        call.Reply(new TopicSubscribed(Topic.Stamp, [new("other")], [], 2));
        AssertAccepted(await subscribing.Guard());
        Assert.Equal(0, Topic.CountOf("Register"));
    }

    /// <summary>Lets a second pass for each of the three routes of a follower.</summary>
    private async Task CheckAllAsync()
    {
        for (var i = 0; i < 3; i++)
        {
            _bench.Clock.Advance(TimeSpan.FromSeconds(1));
            await _bench.Grains.NextCheckAsync();
        }
    }

    private sealed class Membership : ISiloMembership
    {
        public event Action<string>? SiloLeft;

        public void Leave(string silo) => SiloLeft?.Invoke(silo);
    }
}
