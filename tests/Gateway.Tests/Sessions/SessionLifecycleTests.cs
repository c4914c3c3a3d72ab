using ImOrleans.Domain.Errors;
using ImOrleans.Gateway.Sessions;
using ImOrleans.Gateway.Tests.Doubles;
using ImOrleans.Grains.Abstractions.Delivery;
using ImOrleans.Grains.Abstractions.Rooms;
using ImOrleans.Grains.Abstractions.Topics;
using ImOrleans.Grains.Abstractions.Users;
using static ImOrleans.Gateway.Tests.Doubles.GatewayBench;

namespace ImOrleans.Gateway.Tests.Sessions;

public sealed class SessionLifecycleTests : IDisposable
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private readonly GatewayBench _bench = new();
    private readonly FakeConnection _connection = new();

    private SessionLifecycle Lifecycle => _bench.Lifecycle;

    private FakeUserGrain Ann => _bench.Grains.User("ann");

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task A_connect_tells_the_users_grain_and_then_the_client()
    {
        var session = await _bench.ConnectAsync("ann", _connection);
        var request = Assert.Single(Ann.Requests<ConnectRequest>());
        Assert.Equal(session.Id, request.Session.Id);
        Assert.Equal("default", request.Session.Device.Value);
        Assert.Equal(_bench.Clock.GetUtcNow() + Hour, request.Session.TokenExpiresAt);
        Assert.Empty(request.Session.Channels);
        Assert.Equal(_bench.Identity.Id, request.Route.Gateway.Id);
        Assert.Equal(["Connected/LoginSuccess"], Told(_connection));
        Assert.Equal([session], Lifecycle.All);
    }

    [Fact]
    public async Task A_connect_that_cannot_reach_the_grain_is_refused_and_leaves_nothing_behind()
    {
        Ann.Script("Connect", new TimeoutException());
        var outcome = await Lifecycle.ConnectAsync(
            new("ann"), new("default"), new("token", _bench.Clock.GetUtcNow() + Hour), _connection).Guard();
        AssertRefused(ErrorCode.LoginTimeout, outcome);
        await _bench.NextSettledAsync();
        Assert.Empty(Ann.Requests<UserRegistration>()[^1].Sessions);
        Assert.Equal(0, _bench.Routes.Count);
        Assert.Empty(Lifecycle.All);
        Assert.Empty(_connection.Events);
    }

    [Fact]
    public async Task A_refused_connect_leaves_nothing_behind()
    {
        Ann.Script("Connect", ErrorCode.LoginRejected);
        var outcome = await Lifecycle.ConnectAsync(
            new("ann"), new("default"), new("token", _bench.Clock.GetUtcNow() + Hour), _connection).Guard();
        AssertRefused(ErrorCode.LoginRejected, outcome);
        Assert.Equal(0, _bench.Routes.Count);
        Assert.Empty(Lifecycle.All);
    }

    [Fact]
    public async Task A_session_that_was_taken_over_is_told_and_closed()
    {
        var session = await _bench.ConnectAsync("ann", _connection);
        AssertReached(_bench.DeliverToUser("ann", 1, Notice(session, SessionNoticeKind.TakenOver)), 1);
        Assert.Equal(DisconnectCode.Forced, await _connection.Closed.Guard());
        Assert.Equal(["Connected/LoginSuccess", "Failed/SameUidLogin"], Told(_connection));
        Assert.Equal(DisconnectCode.Forced, Assert.IsType<ConnectionEvent>(_connection.Events[^1]).CloseCode);
    }

    [Fact]
    public async Task A_notice_is_for_its_session_only()
    {
        var other = new FakeConnection();
        var session = await _bench.ConnectAsync("ann", _connection);
        await _bench.ConnectAsync("ann", other);
        _bench.DeliverToUser("ann", 1, Notice(session, SessionNoticeKind.TakenOver));
        await _connection.Closed.Guard();
        Assert.Equal(["Connected/LoginSuccess"], Told(other));
        Assert.False(other.Closed.IsCompleted);
        await Lifecycle.EndAsync(session).Guard();
        AssertReached(_bench.DeliverToUser("ann", 2, Notice(session, SessionNoticeKind.TakenOver)), 0);
    }

    /// <summary>
    /// A newer login of the device may be quicker than the answer to the older one, whether this gateway knows the user's
    /// grain already, through another device, or not.
    /// </summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_session_that_is_taken_over_while_it_connects_hears_so_last(bool isGrainKnown)
    {
        if (isGrainKnown)
            await _bench.ConnectAsync("ann");
        Ann.Hold("Connect");
        var connecting = _bench.ConnectAsync("ann", _connection);
        var call = await Ann.NextAsync("Connect");
        var id = ((ConnectRequest)call.Request).Session.Id;
        var notice = new SessionNotice(1, id, SessionNoticeKind.TakenOver, null);
        Assert.True(_bench.DeliverToUser("ann", 1, notice).IsKnown);
        call.Reply(Ann.Stamp);
        await connecting.Guard();
        Assert.Equal(DisconnectCode.Forced, await _connection.Closed.Guard());
        Assert.Equal(["Connected/LoginSuccess", "Failed/SameUidLogin"], Told(_connection));
    }

    /// <summary>The next activation takes the repeated connect for the newest.</summary>
    [Fact]
    public async Task A_take_over_by_an_activation_that_died_during_the_connect_does_not_count()
    {
        await _bench.ConnectAsync("ann");
        Ann.Hold("Connect");
        var connecting = _bench.ConnectAsync("ann", _connection);
        var first = await Ann.NextAsync("Connect");
        var id = ((ConnectRequest)first.Request).Session.Id;
        _bench.DeliverToUser("ann", 1, new SessionNotice(1, id, SessionNoticeKind.TakenOver, null));
        Ann.Epoch = 2;
        first.Reply(ErrorCode.RouteStale);
        (await Ann.NextAsync("Connect")).Reply(Ann.Stamp);
        await connecting.Guard();
        Assert.Equal(["Connected/LoginSuccess"], Told(_connection));
        Assert.False(_connection.Closed.IsCompleted);
    }

    [Fact]
    public async Task Every_device_of_a_user_gets_the_messages_to_it()
    {
        var other = new FakeConnection();
        await _bench.ConnectAsync("ann", _connection);
        await _bench.ConnectAsync("ann", other);
        AssertReached(_bench.DeliverToUser("ann", 1, new UserMessage(1, new("bob"), Text("hi"), 5)), 2);
        Assert.Equal("hi", Told(_connection)[^1]);
        Assert.Same(_connection.Events[^1], other.Events[^1]);
    }

    [Fact]
    public async Task A_message_to_a_user_who_is_connecting_counts_as_reached_and_follows_the_connect()
    {
        Ann.Hold("Connect");
        var connecting = _bench.ConnectAsync("ann", _connection);
        var call = await Ann.NextAsync("Connect");
        AssertReached(_bench.DeliverToUser("ann", 1, new UserMessage(1, new("bob"), Text("hi"), 5)), 1);
        call.Reply(Ann.Stamp);
        await connecting.Guard();
        Assert.Equal(["Connected/LoginSuccess", "hi"], Told(_connection));
    }

    [Fact]
    public async Task The_grains_warning_is_passed_on()
    {
        var session = await _bench.ConnectAsync("ann", _connection);
        var expiresAt = _bench.Clock.GetUtcNow() + TimeSpan.FromSeconds(30);
        _bench.DeliverToUser("ann", 1, new SessionNotice(1, session.Id, SessionNoticeKind.TokenWillExpire, expiresAt));
        var warning = Assert.IsType<TokenEvent>(_connection.Events[^1]);
        Assert.Equal((false, null, expiresAt), (warning.IsExpired, warning.Channel, warning.ExpiresAt));
        Assert.False(_connection.Closed.IsCompleted);
    }

    /// <summary>The grain may be too late to say so: a cold server needs a good part of two seconds for a login.</summary>
    [Theory]
    [InlineData(2, true)]
    [InlineData(30, true)]
    [InlineData(31, false)]
    public async Task A_login_whose_token_has_little_time_left_is_warned_with_the_connect(int seconds, bool isShort)
    {
        Ann.Hold("Connect");
        var connecting = _bench.ConnectAsync("ann", _connection, TimeSpan.FromSeconds(seconds));
        var call = await Ann.NextAsync("Connect");
        var session = ((ConnectRequest)call.Request).Session;
        _bench.DeliverToUser(
            "ann", 1, new SessionNotice(1, session.Id, SessionNoticeKind.TokenExpired, session.TokenExpiresAt));
        call.Reply(Ann.Stamp);
        await connecting.Guard();
        await _connection.Closed.Guard();
        string[] warning = isShort ? ["willExpire()"] : [];
        Assert.Equal(
            ["Connected/LoginSuccess", .. warning, "expired()", "Failed/TokenExpired"], Told(_connection));
    }

    [Fact]
    public async Task A_warning_that_came_with_the_connect_is_not_repeated_for_the_grain()
    {
        var session = await _bench.ConnectAsync("ann", _connection, TimeSpan.FromSeconds(2));
        _bench.DeliverToUser("ann", 1, new SessionNotice(
            1, session.Id, SessionNoticeKind.TokenWillExpire, session.Token.ExpiresAt));
        Assert.Equal(["Connected/LoginSuccess", "willExpire()"], Told(_connection));
    }

    [Fact]
    public async Task A_new_token_that_has_little_time_left_is_warned_of_at_once()
    {
        var session = await _bench.JoinAsync("ann", _connection);
        var soon = _bench.Clock.GetUtcNow() + TimeSpan.FromSeconds(2);
        AssertAccepted(await Lifecycle.RenewTokenAsync(session, new("two", soon)).Guard());
        AssertAccepted(await _bench.Channels.RenewTokenAsync(session, new(Lobby), new("three", soon)).Guard());
        Assert.Equal(["willExpire()", "willExpire(lobby)"], Told(_connection).Skip(2));
    }

    [Fact]
    public async Task A_channels_token_that_has_little_time_left_is_warned_of_with_the_join()
    {
        var session = await _bench.ConnectAsync("ann", _connection);
        var soon = _bench.Clock.GetUtcNow() + TimeSpan.FromSeconds(2);
        AssertAccepted(await _bench.Channels.JoinAsync(session, new(Lobby), new("short", soon)).Guard());
        Assert.Equal(["snapshot[]", "willExpire(lobby)"], Told(_connection).Skip(1));
    }

    [Fact]
    public async Task The_end_of_the_token_is_told_once_whoever_notices_it()
    {
        var session = await _bench.ConnectAsync("ann", _connection);
        _bench.DeliverToUser("ann", 1, Notice(session, SessionNoticeKind.TokenExpired));
        Assert.Equal(DisconnectCode.TokenExpired, await _connection.Closed.Guard());
        _bench.Clock.Advance(Hour);
        _bench.DeliverToUser("ann", 2, Notice(session, SessionNoticeKind.TokenExpired));
        Assert.Equal(["Connected/LoginSuccess", "expired()", "Failed/TokenExpired"], Told(_connection));
    }

    [Fact]
    public async Task The_gateway_notices_the_end_of_the_token_by_itself()
    {
        await _bench.ConnectAsync("ann", _connection);
        _bench.Clock.Advance(Hour - TimeSpan.FromTicks(1));
        Assert.Equal(["Connected/LoginSuccess"], Told(_connection));
        _bench.Clock.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(DisconnectCode.TokenExpired, await _connection.Closed.Guard());
        Assert.Equal(["Connected/LoginSuccess", "expired()", "Failed/TokenExpired"], Told(_connection));
    }

    [Fact]
    public async Task A_token_that_has_ended_before_the_connect_ends_the_session_at_once()
    {
        await _bench.ConnectAsync("ann", _connection, -Hour);
        _bench.Clock.Advance(TimeSpan.Zero);
        Assert.Equal(DisconnectCode.TokenExpired, await _connection.Closed.Guard());
    }

    [Fact]
    public async Task A_renewed_token_moves_the_end()
    {
        var session = await _bench.ConnectAsync("ann", _connection);
        var expiresAt = _bench.Clock.GetUtcNow() + (2 * Hour);
        AssertAccepted(await Lifecycle.RenewTokenAsync(session, new("token 2", expiresAt)).Guard());
        var request = Assert.Single(Ann.Requests<RenewTokenRequest>());
        Assert.Equal((session.Id, expiresAt), (request.Session, request.ExpiresAt));
        _bench.Clock.Advance(Hour);
        Assert.Equal(["Connected/LoginSuccess"], Told(_connection));
        _bench.Clock.Advance(Hour);
        Assert.Equal(DisconnectCode.TokenExpired, await _connection.Closed.Guard());
    }

    [Fact]
    public async Task A_renewed_token_may_end_earlier()
    {
        var session = await _bench.ConnectAsync("ann", _connection);
        AssertAccepted(
            await Lifecycle.RenewTokenAsync(session, new("token 2", _bench.Clock.GetUtcNow() + (Hour / 2))).Guard());
        _bench.Clock.Advance(Hour / 2);
        Assert.Equal(DisconnectCode.TokenExpired, await _connection.Closed.Guard());
    }

    [Fact]
    public async Task The_token_in_force_is_refused_as_a_duplicate_and_the_one_before_is_not()
    {
        var session = await _bench.ConnectAsync(token: "one");
        var expiresAt = _bench.Clock.GetUtcNow() + Hour;
        AssertRefused(
            ErrorCode.DuplicateOperation, await Lifecycle.RenewTokenAsync(session, new("one", expiresAt)).Guard());
        AssertAccepted(await Lifecycle.RenewTokenAsync(session, new("two", expiresAt)).Guard());
        AssertRefused(
            ErrorCode.DuplicateOperation, await Lifecycle.RenewTokenAsync(session, new("two", expiresAt)).Guard());
        AssertAccepted(await Lifecycle.RenewTokenAsync(session, new("one", expiresAt)).Guard());
        Assert.Equal(2, Ann.CountOf("RenewToken"));
    }

    [Fact]
    public async Task A_renewal_that_the_grain_refused_changes_nothing()
    {
        var session = await _bench.ConnectAsync("ann", _connection);
        Ann.Script("RenewToken", ErrorCode.NotLogin);
        AssertRefused(
            ErrorCode.NotLogin,
            await Lifecycle.RenewTokenAsync(session, new("two", _bench.Clock.GetUtcNow() + (2 * Hour))).Guard());
        Assert.Equal("token", session.Token.Text);
        _bench.Clock.Advance(Hour);
        Assert.Equal(DisconnectCode.TokenExpired, await _connection.Closed.Guard());
    }

    [Fact]
    public async Task A_renewal_that_was_not_confirmed_has_the_code_for_it()
    {
        var session = await _bench.JoinAsync();
        var token = new SessionToken("two", _bench.Clock.GetUtcNow() + Hour);
        Ann.Script("RenewToken", new TimeoutException());
        AssertRefused(ErrorCode.RenewTokenTimeout, await Lifecycle.RenewTokenAsync(session, token).Guard());
        _bench.Grains.Room(Lobby).Script("RenewToken", new TimeoutException());
        AssertRefused(
            ErrorCode.RenewTokenTimeout, await _bench.Channels.RenewTokenAsync(session, new(Lobby), token).Guard());
    }

    [Fact]
    public async Task A_channels_token_is_known_when_it_comes_again()
    {
        var session = await _bench.ConnectAsync();
        var (one, two) = (Token("one"), Token("two"));
        AssertAccepted(await _bench.Channels.JoinAsync(session, new(Lobby), one).Guard());
        AssertRefused(
            ErrorCode.DuplicateOperation, await _bench.Channels.RenewTokenAsync(session, new(Lobby), one).Guard());
        AssertAccepted(await _bench.Channels.RenewTokenAsync(session, new(Lobby), two).Guard());
        AssertRefused(
            ErrorCode.DuplicateOperation, await _bench.Channels.RenewTokenAsync(session, new(Lobby), two).Guard());
        AssertAccepted(await _bench.Channels.LeaveAsync(session, new(Lobby)).Guard());
        AssertAccepted(await _bench.Channels.JoinAsync(session, new(Lobby), two).Guard());
        _bench.Registrar.Invalidate(_bench.RoomRoute()!);
        await _bench.NextSettledAsync();
        var member = Assert.Single(Assert.Single(_bench.Grains.Room(Lobby).Requests<RoomRegistration>()).Members);
        Assert.Equal(two.ExpiresAt, member.TokenExpiresAt);
    }

    [Fact]
    public async Task A_channels_token_that_will_expire_and_has_expired_is_told_and_then_the_channel_is_left()
    {
        var session = await _bench.JoinAsync("ann", _connection);
        var expiresAt = _bench.Clock.GetUtcNow() + Hour;
        Ann.Hold("LeaveChannel");
        _bench.DeliverToLobby(1, new SessionNotice(1, session.Id, SessionNoticeKind.TokenWillExpire, expiresAt));
        _bench.DeliverToLobby(2, new SessionNotice(2, session.Id, SessionNoticeKind.TokenExpired, expiresAt));
        var call = await Ann.NextAsync("LeaveChannel");
        Assert.Equal(["willExpire(lobby)", "expired(lobby)", "lobby Failed/TokenExpired"], Told(_connection).Skip(2));
        AssertReached(_bench.DeliverToLobby(3, Began(3, "x")), 0);
        call.Reply(new Done());
        AssertRefused(ErrorCode.ChannelNotJoined, await _bench.Channels.LeaveAsync(session, new(Lobby)).Guard());
        Assert.False(_connection.Closed.IsCompleted);
    }

    [Fact]
    public async Task A_logout_is_told_and_withdraws_everything_before_it_returns()
    {
        var session = await _bench.FollowAsync("ann", _connection, "pub");
        await Lifecycle.LogoutAsync(session).Guard();
        Assert.Equal("Disconnected/Logout", Told(_connection)[^1]);
        Assert.Equal(session.Id, Assert.Single(Ann.Requests<DisconnectRequest>()).Session);
        Assert.Equal(0, _bench.Routes.Count);
        Assert.True(session.IsEnded);
    }

    [Fact]
    public async Task After_a_logout_the_connection_stays_for_its_answer_and_is_closed_after_a_moment()
    {
        var session = await _bench.ConnectAsync("ann", _connection);
        await Lifecycle.LogoutAsync(session).Guard();
        _bench.Clock.Advance(TimeSpan.FromSeconds(5) - TimeSpan.FromTicks(1));
        Assert.False(_connection.Closed.IsCompleted);
        _bench.Clock.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(DisconnectCode.LoggedOut, await _connection.Closed.Guard());
    }

    [Fact]
    public async Task The_end_of_a_session_withdraws_everything_it_wanted()
    {
        var session = await _bench.FollowAsync("ann", _connection, "pub");
        AssertAccepted(await _bench.JoinTopicAsync(session).Guard());
        await Lifecycle.EndAsync(session).Guard();
        await Lifecycle.EndAsync(session).Guard();
        Assert.Equal(1, Ann.CountOf("Disconnect"));
        Assert.Equal(0, _bench.Routes.Count);
        Assert.Empty(Lifecycle.All);
        Assert.False(_bench.DeliverNews(1, Message(1, "late")).IsKnown);
        _bench.Clock.Advance(Hour); // Its timer is gone as well.
        Assert.Equal(2, Told(_connection).Count);
        Assert.False(_connection.Closed.IsCompleted);
    }

    [Fact]
    public async Task The_end_of_a_session_withdraws_everything_also_when_the_user_grain_cannot_be_reached()
    {
        var session = await _bench.FollowAsync("ann", null, "pub");
        Ann.Script("Disconnect", new TimeoutException());
        await Lifecycle.EndAsync(session).Guard();
        for (var i = 0; i < 3; i++)
            await _bench.NextSettledAsync();
        Assert.Empty(Ann.Requests<UserRegistration>()[^1].Sessions);
        Assert.Empty(_bench.Grains.Room(Lobby).Requests<RoomRegistration>()[^1].Members);
        Assert.Empty(_bench.Grains.Topic(Lobby, News).Requests<TopicRegistration>()[^1].Subscriptions);
        Assert.Equal(0, _bench.Routes.Count);
    }

    [Fact]
    public async Task A_session_that_ended_while_its_join_was_under_way_leaves_nothing_behind()
    {
        var session = await _bench.ConnectAsync();
        Ann.Hold("JoinChannel");
        var joining = _bench.Channels.JoinAsync(session, new(Lobby), null);
        var call = await Ann.NextAsync("JoinChannel");
        await Lifecycle.EndAsync(session).Guard();
        call.Reply(_bench.Grains.Room(Lobby).Joined());
        await joining.Guard();
        await Task.WhenAll(_bench.NextSettledAsync(), _bench.NextSettledAsync());
        Assert.Empty(Ann.Requests<UserRegistration>()[^1].Sessions);
        Assert.Empty(_bench.Grains.Room(Lobby).Requests<RoomRegistration>()[^1].Members);
        Assert.Equal(0, _bench.Routes.Count);
    }

    [Theory]
    [InlineData("JoinTopic")]
    [InlineData("SubscribeTopic")]
    public async Task A_session_that_ended_while_it_entered_a_topic_leaves_nothing_behind(string method)
    {
        var session = await _bench.JoinAsync();
        var (room, topic) = (_bench.Grains.Room(Lobby), _bench.Grains.Topic(Lobby, News));
        room.Hold(method);
        Task entering = method == "JoinTopic" ? _bench.JoinTopicAsync(session) : _bench.SubscribeAsync(session, "pub");
        var call = await room.NextAsync(method);
        await Lifecycle.EndAsync(session).Guard();
        call.Reply(method == "JoinTopic" ? topic.Stamp : new TopicSubscribed(topic.Stamp, [new("pub")], [], 1));
        await entering.Guard();
        await Task.WhenAll(_bench.NextSettledAsync(), _bench.NextSettledAsync());
        Assert.Empty(room.Requests<RoomRegistration>()[^1].Members);
        Assert.Empty(topic.Requests<TopicRegistration>()[^1].Publishers);
        Assert.Empty(topic.Requests<TopicRegistration>()[^1].Subscriptions);
        Assert.Equal(0, _bench.Routes.Count);
    }

    [Fact]
    public async Task When_the_gateway_stops_every_client_is_told_when_to_come_back()
    {
        var other = new FakeConnection();
        var session = await _bench.ConnectAsync("ann", _connection);
        await _bench.ConnectAsync("bob", other);
        await Lifecycle.StopAsync().Guard();
        Assert.Equal(DisconnectCode.Shutdown, await _connection.Closed.Guard());
        Assert.Equal(DisconnectCode.Shutdown, await other.Closed.Guard());
        var last = Assert.IsType<ConnectionEvent>(_connection.Events[^1]);
        Assert.Equal((ConnectionState.Disconnected, ConnectionReason.Interrupted), (last.State, last.Reason));
        Assert.Equal(ReconnectDelay.For(session.Id), last.ReconnectAfter);
        Assert.InRange(last.ReconnectAfter!.Value, TimeSpan.Zero, TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task Who_connects_while_the_gateway_stops_is_sent_elsewhere_as_well()
    {
        await Lifecycle.StopAsync().Guard();
        await _bench.ConnectAsync("ann", _connection);
        Assert.Equal(DisconnectCode.Shutdown, await _connection.Closed.Guard());
        Assert.Equal(["Connected/LoginSuccess", "Disconnected/Interrupted"], Told(_connection));
    }

    [Fact]
    public async Task Only_the_first_reason_for_a_close_is_told()
    {
        var session = await _bench.ConnectAsync("ann", _connection);
        _bench.DeliverToUser("ann", 1, Notice(session, SessionNoticeKind.TakenOver));
        await Lifecycle.StopAsync().Guard();
        Assert.Equal(DisconnectCode.Forced, await _connection.Closed.Guard());
        Assert.Equal(["Connected/LoginSuccess", "Failed/SameUidLogin"], Told(_connection));
    }

    [Fact]
    public async Task A_client_that_does_not_read_is_closed_all_the_same()
    {
        _connection.IsSlow = true;
        var session = await _bench.ConnectAsync("ann", _connection);
        _bench.DeliverToUser("ann", 1, Notice(session, SessionNoticeKind.TakenOver));
        Assert.False(_connection.Closed.IsCompleted);
        _bench.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(DisconnectCode.Forced, await _connection.Closed.Guard());
    }

    [Fact]
    public async Task A_stalled_session_is_closed_and_others_are_not()
    {
        var other = new FakeConnection();
        _connection.IsSlow = true;
        await _bench.ConnectAsync("ann", _connection);
        await _bench.ConnectAsync("bob", other);
        _bench.Clock.Advance(TimeSpan.FromSeconds(61));
        Lifecycle.CloseStalled();
        Assert.Equal(DisconnectCode.SlowConsumer, await _connection.Closed.Guard());
        Assert.False(other.Closed.IsCompleted);
    }

    [Fact]
    public void Reconnects_are_spread_over_five_seconds()
    {
        var seconds = Enumerable.Range(1, 1000)
            .Select(number => ReconnectDelay.For(new(new("g"), number)))
            .GroupBy(delay => (int)delay.TotalSeconds)
            .ToDictionary(group => group.Key, group => group.Count());
        Assert.Equal(Enumerable.Range(0, 5), seconds.Keys.Order());
        Assert.All(seconds.Values, count => Assert.InRange(count, 150, 250));
    }

    private SessionToken Token(string text) => new(text, _bench.Clock.GetUtcNow() + Hour);

    private static SessionNotice Notice(Session session, SessionNoticeKind kind) => new(1, session.Id, kind, null);
}
