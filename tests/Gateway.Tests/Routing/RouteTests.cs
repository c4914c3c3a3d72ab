using ImOrleans.Gateway.Tests.Doubles;
using ImOrleans.Grains.Abstractions.Delivery;
using ImOrleans.Grains.Abstractions.Rooms;
using ImOrleans.Grains.Abstractions.Topics;
using ImOrleans.Grains.Abstractions.Users;
using static ImOrleans.Gateway.Tests.Doubles.GatewayBench;

namespace ImOrleans.Gateway.Tests.Routing;

/// <summary>What a route does with the batches that a grain delivers.</summary>
public sealed class RouteTests : IDisposable
{
    private readonly GatewayBench _bench = new();
    private readonly FakeConnection _connection = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task A_batch_goes_to_the_sessions_that_want_it_and_the_answer_counts_them()
    {
        await _bench.FollowAsync("ann", _connection, "pub");
        await _bench.FollowAsync("bob", null, "pub", "other");
        var ack = _bench.DeliverNews(1, Message(1, "a"), Message(2, "b", "other"), Message(3, "c", "nobody"));
        AssertReached(ack, 2, 1, 0);
        Assert.Equal("a", Told(_connection)[^1]);
    }

    [Fact]
    public async Task A_repeated_batch_goes_to_nobody_and_gets_the_same_answer()
    {
        await _bench.FollowAsync("ann", _connection, "pub");
        var first = _bench.DeliverNews(1, Message(1, "a"), Message(2, "b", "nobody"));
        var told = Told(_connection).Count;
        var second = _bench.DeliverNews(1, Message(1, "a"), Message(2, "b", "nobody"));
        AssertReached(first, 1, 0);
        AssertReached(second, 1, 0);
        Assert.Equal(told, Told(_connection).Count);
    }

    [Fact]
    public async Task An_older_batch_than_the_last_goes_to_nobody()
    {
        await _bench.FollowAsync("ann", _connection, "pub");
        _bench.DeliverNews(1, Message(1, "a"));
        _bench.DeliverNews(2, Message(2, "b"));
        var ack = _bench.DeliverNews(1, Message(1, "a"));
        AssertReached(ack, 0);
        Assert.Equal("b", Told(_connection)[^1]);
    }

    [Fact]
    public async Task A_gap_and_what_the_grain_dropped_count_as_lost()
    {
        await _bench.FollowAsync("ann", _connection, "pub");
        var route = _bench.TopicRoute()!;
        _bench.DeliverNews(5, Message(5, "a"));
        Assert.Equal(0, route.LostItems);
        _bench.DeliverNews(8, Message(8, "b"));
        Assert.Equal(2, route.LostItems);
        route.Deliver(new(route.Key, route.Epoch, 9, [Message(12, "c")], 3));
        Assert.Equal(5, route.LostItems);
    }

    /// <summary>The acknowledgement was lost, the batch comes again, and the route was registered anew in between.</summary>
    [Fact]
    public async Task A_batch_that_comes_again_after_a_registration_is_not_told_twice()
    {
        await _bench.FollowAsync("ann", _connection, "pub");
        var topic = _bench.Grains.Topic(Lobby, News);
        AssertReached(_bench.DeliverNews(1, Message(1, "a")), 1);
        topic.LastBatch = 1;
        _bench.Registrar.Invalidate(_bench.TopicRoute()!);
        await _bench.NextSettledAsync();
        Assert.True(_bench.DeliverNews(1, Message(1, "a")).IsKnown);
        AssertReached(_bench.DeliverNews(2, Message(2, "b")), 1);
        Assert.Equal(["a", "b"], Told(_connection).Skip(2));
    }

    /// <summary>The same, when nobody wanted the topic in between: the route is another one then.</summary>
    [Fact]
    public async Task A_batch_from_before_a_route_was_made_anew_is_not_told()
    {
        var session = await _bench.FollowAsync("ann", _connection, "pub");
        AssertReached(_bench.DeliverNews(1, Message(1, "a")), 1);
        AssertAccepted(await _bench.Topics.UnsubscribeAsync(session, new(Lobby), new(News), []).Guard());
        Assert.Null(_bench.TopicRoute());
        _bench.Grains.Topic(Lobby, News).Position = 1;
        AssertAccepted(await _bench.SubscribeAsync(session, "pub").Guard());
        AssertReached(_bench.DeliverNews(1, Message(1, "a")), 0);
        AssertReached(_bench.DeliverNews(2, Message(2, "b")), 1);
        Assert.Equal(["a", "b"], Told(_connection).Skip(2));
    }

    /// <summary>The batch was on its way when the login was answered; the user's other session wants it.</summary>
    [Fact]
    public async Task A_message_of_before_the_login_is_not_told()
    {
        var (phone, web) = (new FakeConnection(), _connection);
        await _bench.ConnectAsync("ann", phone);
        _bench.Grains.User("ann").Position = 1;
        await _bench.ConnectAsync("ann", web);
        var (old, live) = (new UserMessage(1, new("bob"), Text("old"), 1), new UserMessage(2, new("bob"), Text("live"), 2));
        AssertReached(_bench.DeliverToUser("ann", 1, old, live), 1, 2);
        Assert.Equal(["Connected/LoginSuccess", "old", "live"], Told(phone));
        Assert.Equal(["Connected/LoginSuccess", "live"], Told(web));
    }

    [Fact]
    public async Task A_grain_that_has_forgotten_the_gateway_counts_anew()
    {
        await _bench.FollowAsync("ann", _connection, "pub");
        AssertReached(_bench.DeliverNews(7, Message(7, "a")), 1);
        _bench.Grains.Topic(Lobby, News).LastBatch = 0;
        _bench.Registrar.Invalidate(_bench.TopicRoute()!);
        await _bench.NextSettledAsync();
        AssertReached(_bench.DeliverNews(1, Message(8, "b")), 1);
    }

    /// <summary>A join's snapshot can overtake older events that were held up on their way.</summary>
    [Fact]
    public async Task An_event_that_a_snapshot_has_overtaken_is_told_to_those_who_came_before_it_only()
    {
        var (bob, ann) = (new FakeConnection(), _connection);
        await _bench.JoinAsync("bob", bob);
        _bench.Grains.User("ann").Script("JoinChannel", new RoomJoined(new(1, "silo-1", 3, 0), []));
        await _bench.JoinAsync("ann", ann);
        AssertReached(_bench.DeliverToLobby(1, Began(2, "cat"), Began(4, "dan")), 1, 2);
        Assert.Equal(["Connected/LoginSuccess", "snapshot[]", "+cat", "+dan"], Told(bob));
        Assert.Equal(["Connected/LoginSuccess", "snapshot[]", "+dan"], Told(ann));
    }

    [Fact]
    public async Task Events_of_the_next_activation_are_told_whatever_their_number()
    {
        _bench.Grains.User("ann").Script("JoinChannel", new RoomJoined(new(1, "silo-1", 3, 0), []));
        await _bench.JoinAsync("ann", _connection);
        _bench.Grains.Room(Lobby).Epoch = 2;
        _bench.Registrar.Invalidate(_bench.RoomRoute()!);
        await _bench.NextSettledAsync();
        AssertReached(_bench.DeliverToLobby(1, Began(1, "cat")), 1);
    }

    [Fact]
    public void A_batch_for_a_route_that_is_not_held_is_refused() =>
        Assert.False(_bench.DeliverNews(1, Message(1, "a")).IsKnown);

    [Fact]
    public async Task A_batch_of_an_unknown_activation_is_refused_when_no_call_is_under_way()
    {
        await _bench.FollowAsync("ann", _connection, "pub");
        var told = Told(_connection).Count;
        Assert.False(_bench.Deliver(_bench.TopicRoute()!.Key, 99, 1, Message(1, "a")).IsKnown);
        Assert.Equal(told, Told(_connection).Count);
    }

    [Fact]
    public async Task Batches_that_overtake_the_answer_to_a_join_follow_the_snapshot()
    {
        var session = await _bench.ConnectAsync("ann", _connection);
        var room = _bench.Grains.Room(Lobby);
        room.Position = 2;
        room.Topics = [new(new(News), [new("bob")])];
        var user = _bench.Grains.User("ann");
        user.Hold("JoinChannel");
        var joining = _bench.Channels.JoinAsync(session, new(Lobby), null);
        var call = await user.NextAsync("JoinChannel");
        // The first two are in the snapshot already.
        Assert.True(_bench.DeliverToLobby(1, Began(1, "bob"), Began(2, "cat")).IsKnown);
        Assert.True(_bench.DeliverToLobby(2, Began(3, "dan")).IsKnown);
        Assert.True(_bench.DeliverToLobby(2, Began(3, "dan")).IsKnown);
        call.Reply(room.Joined());
        AssertAccepted(await joining.Guard());
        AssertReached(_bench.DeliverToLobby(3, Began(4, "eve")), 1);
        Assert.Equal(["Connected/LoginSuccess", "snapshot[news]", "+dan", "+eve"], Told(_connection));
    }

    [Fact]
    public async Task Live_events_during_a_join_follow_the_snapshot_as_well()
    {
        await _bench.JoinAsync("bob");
        var session = await _bench.ConnectAsync("ann", _connection);
        var user = _bench.Grains.User("ann");
        user.Hold("JoinChannel");
        var joining = _bench.Channels.JoinAsync(session, new(Lobby), null);
        var call = await user.NextAsync("JoinChannel");
        AssertReached(_bench.DeliverToLobby(1, Began(1, "bob"), Began(2, "cat")), 1, 1);
        call.Reply(new RoomJoined(new(1, "silo-1", 1, 0), []));
        AssertAccepted(await joining.Guard());
        Assert.Equal(["Connected/LoginSuccess", "snapshot[]", "+cat"], Told(_connection));
    }

    [Fact]
    public async Task Messages_that_overtake_the_answer_to_a_subscription_arrive_once_and_in_order()
    {
        var session = await _bench.JoinAsync("ann", _connection);
        var room = _bench.Grains.Room(Lobby);
        room.Hold("SubscribeTopic");
        var subscribing = _bench.SubscribeAsync(session, "pub");
        var call = await room.NextAsync("SubscribeTopic");
        var ack = _bench.DeliverNews(1, Message(1, "before"), Message(2, "a"), Message(3, "other's", "other"));
        AssertReached(ack, 0, 0, 0);
        call.Reply(new TopicSubscribed(new(1, "silo-1", 1, 0), [new("pub")], [], 1));
        AssertAccepted(await subscribing.Guard());
        _bench.DeliverNews(2, Message(4, "b"));
        Assert.Equal(["a", "b"], Told(_connection).Skip(2));
    }

    [Fact]
    public async Task A_user_message_that_is_kept_counts_the_sessions_of_the_user_as_reached()
    {
        await _bench.ConnectAsync("ann", _connection);
        var user = _bench.Grains.User("ann");
        user.Hold("Register");
        user.Epoch = 2;
        _bench.Registrar.Invalidate(_bench.UserRoute("ann")!);
        var call = await user.NextAsync("Register");
        AssertReached(_bench.DeliverToUser("ann", 1, new UserMessage(1, new("bob"), Text("hi"), 1)), 1);
        call.Reply(user.Stamp);
        await _bench.NextSettledAsync();
        Assert.Equal(["Connected/LoginSuccess", "hi"], Told(_connection));
    }

    /// <summary>The sender takes an early batch for delivered, and the registration after the time-out names it.</summary>
    [Fact]
    public async Task What_came_early_for_a_call_that_timed_out_is_released_by_the_registration_that_follows()
    {
        await _bench.FollowAsync("ann", _connection, "pub");
        await _bench.Clock.NextTimerAsync(); // The end of her token.
        var bob = await _bench.JoinAsync("bob");
        await _bench.Clock.NextTimerAsync();
        var (room, topic) = (_bench.Grains.Room(Lobby), _bench.Grains.Topic(Lobby, News));
        room.Hold("SubscribeTopic");
        var subscribing = _bench.SubscribeAsync(bob, "other");
        var call = await room.NextAsync("SubscribeTopic");
        await _bench.Clock.NextTimerAsync(); // The time that the call has.
        topic.Epoch = 2;
        Assert.True(_bench.DeliverNews(1, Message(1, "early")).IsKnown);
        topic.Script("Register", new TimeoutException());
        call.Fail(new TimeoutException());
        AssertRefused(ErrorCode.ChannelNotAvailable, await subscribing.Guard());
        Assert.Equal(TimeSpan.FromMilliseconds(100), await _bench.Clock.NextTimerAsync());
        _bench.Clock.Advance(TimeSpan.FromMilliseconds(100));
        await Task.WhenAll(_bench.NextSettledAsync(), _bench.NextSettledAsync());
        Assert.Equal("early", Told(_connection)[^1]);
    }

    [Fact]
    public async Task Only_so_many_batches_are_kept_and_a_route_that_refused_one_registers_anew()
    {
        var session = await _bench.JoinAsync("ann", _connection);
        var room = _bench.Grains.Room(Lobby);
        var topic = _bench.Grains.Topic(Lobby, News);
        room.Hold("SubscribeTopic");
        var subscribing = _bench.SubscribeAsync(session, "pub");
        var call = await room.NextAsync("SubscribeTopic");
        for (var number = 1; number <= 16; number++)
            Assert.True(_bench.DeliverNews(number, Message(number, $"{number}")).IsKnown);
        topic.Hold("Register");
        Assert.False(_bench.DeliverNews(17, Message(17, "17")).IsKnown);
        // The topic has forgotten the gateway; without a registration nothing would ever arrive.
        var registration = await topic.NextAsync("Register");
        registration.Reply(topic.Stamp);
        call.Reply(ErrorCode.ChannelExceedTopicLimitation);
        AssertRefused(ErrorCode.ChannelExceedTopicLimitation, await subscribing.Guard());
    }

    /// <summary>
    /// Events of an activation that is gone are numbered higher than the snapshot of the next one, and describe what
    /// the snapshot has overtaken.
    /// </summary>
    [Fact]
    public async Task What_was_kept_of_an_activation_that_died_during_the_join_is_not_told_after_the_next_snapshot()
    {
        await _bench.JoinAsync("bob");
        var session = await _bench.ConnectAsync("ann", _connection);
        var (user, room) = (_bench.Grains.User("ann"), _bench.Grains.Room(Lobby));
        user.Hold("JoinChannel");
        var joining = _bench.Channels.JoinAsync(session, new(Lobby), null);
        var first = await user.NextAsync("JoinChannel");
        _bench.DeliverToLobby(1, Began(100, "gone"));
        room.Epoch = 2;
        first.Reply(ErrorCode.RouteStale);
        var second = await user.NextAsync("JoinChannel");
        _bench.DeliverToLobby(1, Began(4, "new"));
        second.Reply(new RoomJoined(new(2, "silo-1", 3, 0), []));
        AssertAccepted(await joining.Guard());
        Assert.Equal(["Connected/LoginSuccess", "snapshot[]", "+new"], Told(_connection));
    }

    [Fact]
    public async Task Messages_kept_of_an_activation_that_died_during_the_subscription_are_not_told()
    {
        await _bench.FollowAsync("bob", null, "pub");
        var session = await _bench.JoinAsync("ann", _connection);
        var (room, topic) = (_bench.Grains.Room(Lobby), _bench.Grains.Topic(Lobby, News));
        room.Hold("SubscribeTopic");
        var subscribing = _bench.SubscribeAsync(session, "pub");
        var first = await room.NextAsync("SubscribeTopic");
        _bench.DeliverNews(1, Message(100, "from before"));
        topic.Epoch = 2;
        first.Reply(ErrorCode.RouteStale);
        var second = await room.NextAsync("SubscribeTopic");
        second.Reply(new TopicSubscribed(new(2, "silo-1", 3, 0), [new("pub")], [], 1));
        AssertAccepted(await subscribing.Guard());
        Assert.Equal(2, Told(_connection).Count);
    }

    [Fact]
    public async Task What_came_early_for_a_registration_is_released_by_it()
    {
        await _bench.FollowAsync("ann", _connection, "pub");
        var (route, topic) = (_bench.TopicRoute()!, _bench.Grains.Topic(Lobby, News));
        topic.Hold("Register");
        topic.Epoch = 2;
        _bench.Registrar.Invalidate(route);
        var call = await topic.NextAsync("Register");
        Assert.True(_bench.DeliverNews(1, Message(1, "early")).IsKnown);
        call.Reply(topic.Stamp);
        await _bench.NextSettledAsync();
        _bench.DeliverNews(2, Message(2, "live"));
        Assert.Equal(["early", "live"], Told(_connection).Skip(2));
    }

    /// <summary>The sender takes an early batch for delivered, whatever becomes of the registration that it came for.</summary>
    [Fact]
    public async Task What_came_early_for_a_registration_that_failed_is_released_by_the_next()
    {
        await _bench.FollowAsync("ann", _connection, "pub");
        var (route, topic) = (_bench.TopicRoute()!, _bench.Grains.Topic(Lobby, News));
        topic.Hold("Register");
        topic.Epoch = 2;
        _bench.Registrar.Invalidate(route);
        var first = await topic.NextAsync("Register");
        Assert.True(_bench.DeliverNews(1, Message(1, "early")).IsKnown);
        first.Fail(new TimeoutException());
        var pause = TimeSpan.FromMilliseconds(100);
        while (await _bench.Clock.NextTimerAsync() != pause)
        {
            // Those of the calls before.
        }

        _bench.Clock.Advance(pause);
        (await topic.NextAsync("Register")).Reply(topic.Stamp);
        await _bench.NextSettledAsync();
        Assert.Equal("early", Told(_connection)[^1]);
    }

    /// <summary>
    /// The thread that releases early batches and the one that delivers the next both write after they have let go of
    /// the route. The first is held in the middle of its writes here while the second delivers.
    /// </summary>
    [Fact]
    public async Task A_live_batch_does_not_overtake_early_ones_that_are_being_written()
    {
        var slow = new FakeConnection();
        await _bench.FollowAsync("ann", slow, "pub");
        await _bench.FollowAsync("bob", _connection, "pub");
        var (route, topic) = (_bench.TopicRoute()!, _bench.Grains.Topic(Lobby, News));
        topic.Hold("Register");
        topic.Epoch = 2;
        _bench.Registrar.Invalidate(route);
        var call = await topic.NextAsync("Register");
        _bench.DeliverNews(1, Message(1, "early"));
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var released = new ManualResetEventSlim();
        slow.OnWrite = _ =>
        {
            slow.OnWrite = null;
            reached.SetResult();
            released.Wait();
        };
        call.Reply(topic.Stamp);
        await reached.Task.Guard();
        _bench.DeliverNews(2, Message(2, "live"));
        released.Set();
        await _bench.NextSettledAsync();
        Assert.Equal(["early", "live"], Told(_connection).Skip(2));
    }

    [Fact]
    public async Task An_activation_that_says_good_bye_is_registered_with_its_successor()
    {
        await _bench.FollowAsync("ann", _connection, "pub");
        var topic = _bench.Grains.Topic(Lobby, News);
        topic.Hold("Register");
        Assert.True(_bench.DeliverNews(1, Message(1, "last"), new RouteClosing(2)).IsKnown);
        var call = await topic.NextAsync("Register");
        var registration = (TopicRegistration)call.Request;
        Assert.Equal("ann", Assert.Single(_bench.Lifecycle.All).User.Value);
        Assert.Equal(["pub"], Assert.Single(registration.Subscriptions).Users.Select(user => user.Value));
        topic.Epoch = 2;
        call.Reply(topic.Stamp);
        await _bench.NextSettledAsync();
        _bench.DeliverNews(1, Message(1, "first of the next"));
        Assert.Equal(["last", "first of the next"], Told(_connection).Skip(2));
    }

    [Fact]
    public async Task A_room_that_came_back_tells_its_members_all_topics()
    {
        await _bench.JoinAsync("ann", _connection);
        _bench.DeliverToLobby(1, new TopicSnapshot(1, [new(new(News), [new("bob")])]));
        Assert.Equal("snapshot[news]", Told(_connection)[^1]);
    }

    [Fact]
    public async Task Several_items_of_a_batch_reach_a_session_in_one_write()
    {
        await _bench.FollowAsync("ann", _connection, "pub");
        _bench.DeliverNews(1, Message(1, "a"), Message(2, "b"), Message(3, "c"));
        Assert.Equal(["a", "b", "c"], _connection.Frames[^1].Select(Describe));
    }
}
