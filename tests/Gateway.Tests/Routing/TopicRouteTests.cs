using ImOrleans.Gateway.Tests.Doubles;
using ImOrleans.Grains.Abstractions.Rooms;
using ImOrleans.Grains.Abstractions.Topics;
using static ImOrleans.Gateway.Tests.Doubles.GatewayBench;

namespace ImOrleans.Gateway.Tests.Routing;

/// <summary>Who follows whom on this gateway.</summary>
public sealed class TopicRouteTests : IDisposable
{
    private readonly GatewayBench _bench = new();
    private readonly FakeConnection _connection = new();
    private long _batch;

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task A_session_gets_the_messages_of_whom_it_follows_and_of_nobody_else()
    {
        await _bench.FollowAsync("ann", _connection, "a", "b");
        AssertReachedBy("a", 1);
        AssertReachedBy("b", 1);
        AssertReachedBy("c", 0);
        Assert.Equal(["from a", "from b"], Told(_connection).Skip(2));
    }

    [Fact]
    public async Task Following_somebody_twice_brings_each_message_once()
    {
        var ann = await _bench.FollowAsync("ann", _connection, "a");
        AssertAccepted(await _bench.SubscribeAsync(ann, "a", "b").Guard());
        AssertReachedBy("a", 1);
        AssertReachedBy("b", 1);
        Assert.Equal(["from a", "from b"], Told(_connection).Skip(2));
    }

    [Fact]
    public async Task Ceasing_to_follow_one_leaves_the_others()
    {
        var ann = await _bench.FollowAsync("ann", null, "a", "b");
        AssertAccepted(await _bench.Topics.UnsubscribeAsync(ann, new(Lobby), new(News), [new("a"), new("x")]).Guard());
        AssertReachedBy("a", 0);
        AssertReachedBy("b", 1);
    }

    [Fact]
    public async Task Ceasing_to_follow_the_last_one_ends_the_subscription()
    {
        var ann = await _bench.FollowAsync("ann", null, "a", "b");
        AssertAccepted(
            await _bench.Topics.UnsubscribeAsync(ann, new(Lobby), new(News), [new("a"), new("b")]).Guard());
        Assert.Null(_bench.TopicRoute());
        AssertAccepted(await _bench.SubscribeAsync(ann, "a").Guard());
        AssertReachedBy("a", 1);
    }

    [Fact]
    public async Task Whom_the_grain_could_not_add_is_not_followed()
    {
        var ann = await _bench.JoinAsync("ann");
        _bench.Grains.Room(Lobby).Script(
            "SubscribeTopic", new TopicSubscribed(new(1, "silo-1", 0, 0), [new("a")], [new("b")], 1));
        AssertAccepted(await _bench.SubscribeAsync(ann, "a", "b").Guard());
        AssertReachedBy("a", 1);
        AssertReachedBy("b", 0);
    }

    [Fact]
    public async Task A_subscription_that_found_nobody_holds_no_route()
    {
        var ann = await _bench.JoinAsync("ann");
        AssertAccepted(await _bench.SubscribeAsync(ann).Guard());
        Assert.Null(_bench.TopicRoute());
    }

    [Fact]
    public async Task A_refused_subscription_holds_no_route()
    {
        var ann = await _bench.JoinAsync("ann");
        _bench.Grains.Room(Lobby).Script("SubscribeTopic", ErrorCode.ChannelExceedTopicLimitation);
        AssertRefused(ErrorCode.ChannelExceedTopicLimitation, await _bench.SubscribeAsync(ann, "a").Guard());
        Assert.Null(_bench.TopicRoute());
    }

    [Fact]
    public async Task Several_sessions_of_a_gateway_share_one_delivery()
    {
        await _bench.FollowAsync("ann", null, "a");
        await _bench.FollowAsync("bob", null, "a");
        var cat = await _bench.FollowAsync("cat", null, "a");
        AssertReachedBy("a", 3);
        await _bench.Lifecycle.EndAsync(cat).Guard();
        AssertReachedBy("a", 2);
    }

    [Fact]
    public async Task Publisher_and_subscriber_are_two_things()
    {
        var ann = await _bench.FollowAsync("ann", null, "ann");
        AssertAccepted(await _bench.JoinTopicAsync(ann).Guard());
        AssertReachedBy("ann", 1);
        AssertAccepted(await _bench.Topics.LeaveAsync(ann, new(Lobby), new(News)).Guard());
        AssertReachedBy("ann", 1);
        var registered = await RegistrationAsync();
        Assert.Empty(registered.Publishers);
        Assert.Equal(ann.Id, Assert.Single(registered.Subscriptions).Session);
    }

    [Fact]
    public async Task A_room_hears_of_the_topics_of_its_members()
    {
        var ann = await _bench.FollowAsync("ann", null, "a");
        AssertAccepted(await _bench.JoinTopicAsync(ann).Guard());
        _bench.Registrar.Invalidate(_bench.RoomRoute()!);
        await _bench.NextSettledAsync();
        var member = Assert.Single(_bench.Grains.Room(Lobby).Requests<RoomRegistration>()[^1].Members);
        Assert.Equal([News], member.PublishedTopics.Select(topic => topic.Value));
        Assert.Equal([News], member.SubscribedTopics.Select(topic => topic.Value));
        AssertAccepted(await _bench.Topics.UnsubscribeAsync(ann, new(Lobby), new(News), []).Guard());
        AssertAccepted(await _bench.Topics.LeaveAsync(ann, new(Lobby), new(News)).Guard());
        _bench.Registrar.Invalidate(_bench.RoomRoute()!);
        await _bench.NextSettledAsync();
        member = Assert.Single(_bench.Grains.Room(Lobby).Requests<RoomRegistration>()[^1].Members);
        Assert.Empty(member.PublishedTopics);
        Assert.Empty(member.SubscribedTopics);
    }

    [Fact]
    public async Task The_digest_is_that_of_the_registration()
    {
        var ann = await _bench.FollowAsync("ann", null, "b", "a");
        AssertAccepted(await _bench.JoinTopicAsync(ann).Guard());
        var registered = await RegistrationAsync();
        Assert.Equal(
            TopicRegistration.DigestOf(registered.Publishers, registered.Subscriptions), _bench.TopicRoute()!.Digest());
    }

    private async Task<TopicRegistration> RegistrationAsync()
    {
        _bench.Registrar.Invalidate(_bench.TopicRoute()!);
        await _bench.NextSettledAsync();
        return _bench.Grains.Topic(Lobby, News).Requests<TopicRegistration>()[^1];
    }

    private void AssertReachedBy(string publisher, int sessions)
    {
        _batch++;
        AssertReached(_bench.DeliverNews(_batch, Message(_batch, $"from {publisher}", publisher)), sessions);
    }
}
