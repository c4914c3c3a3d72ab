using ImOrleans.Domain.Errors;
using ImOrleans.Gateway.Sessions;
using ImOrleans.Gateway.Tests.Doubles;
using ImOrleans.Grains.Abstractions.Delivery;
using ImOrleans.Grains.Abstractions.Users;
using static ImOrleans.Gateway.Tests.Doubles.GatewayBench;

namespace ImOrleans.Gateway.Tests.Sessions;

/// <summary>Sessions whose connection is lost, and whose client comes back to the same gateway.</summary>
public sealed class SessionResumeTests : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(20);

    private static readonly ConnectWishes Resumable = new() { IsResumable = true, PresenceTimeout = Timeout };

    private readonly GatewayBench _bench = new();
    private readonly FakeConnection _first = new();
    private readonly FakeConnection _second = new();

    private SessionLifecycle Lifecycle => _bench.Lifecycle;

    private FakeUserGrain Ann => _bench.Grains.User("ann");

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task A_client_that_comes_back_finds_its_session_and_what_came_meanwhile()
    {
        var session = await FollowAsync();
        _bench.DeliverNews(1, Message(1, "before"));
        await Lifecycle.LoseAsync(session, _first).Guard();
        AssertReached(_bench.DeliverNews(2, Message(2, "meanwhile")), 1);
        Assert.Same(session, await ReturnAsync(session, received: 3));
        _bench.DeliverNews(3, Message(3, "after"));
        Assert.Equal(["Connected/LoginSuccess", "snapshot[]", "before"], Told(_first));
        Assert.Equal(["Connected/LoginSuccess", "meanwhile", "after"], Told(_second));
        Assert.True(Assert.IsType<ConnectionEvent>(_second.Events[0]).IsResumed);
        Assert.Equal(1, Ann.CountOf("Connect"));
        Assert.Equal(0, Ann.CountOf("Disconnect"));
        Assert.Equal([session], Lifecycle.All);
    }

    [Fact]
    public async Task A_message_to_a_user_counts_as_delivered_only_when_its_client_can_come_back_for_it()
    {
        await _bench.ConnectAsync("ann", _first, wishes: Resumable);
        var other = await _bench.ConnectAsync("ann", _second);
        var third = new FakeConnection();
        var lost = await _bench.ConnectAsync("ann", third, wishes: Resumable);
        AssertReached(DeliverToAnn(1), 3);
        await Lifecycle.LoseAsync(other, _second).Guard();
        AssertReached(DeliverToAnn(2), 2);
        await Lifecycle.LoseAsync(lost, third).Guard();
        AssertReached(DeliverToAnn(3), 2);
    }

    [Fact]
    public async Task What_was_written_and_did_not_arrive_comes_again()
    {
        var session = await FollowAsync();
        _bench.DeliverNews(1, Message(1, "arrived"), Message(2, "lost"));
        await Lifecycle.LoseAsync(session, _first).Guard();
        await ReturnAsync(session, received: 3); // The snapshot, the channel's state, and one message.
        Assert.Equal(["Connected/LoginSuccess", "lost"], Told(_second));
    }

    [Fact]
    public async Task The_greeting_of_a_new_session_holds_its_key_and_another_one_does_not()
    {
        var session = await _bench.ConnectAsync("ann", _first, wishes: Resumable);
        var greeting = Assert.IsType<ConnectionEvent>(_first.Events[0]);
        Assert.Equal((session.Key, false), (greeting.Key, greeting.IsResumed));
        await _bench.ConnectAsync("ann", _second);
        Assert.Null(Assert.IsType<ConnectionEvent>(_second.Events[0]).Key);
    }

    [Fact]
    public async Task Until_the_presence_timeout_nobody_hears_of_the_loss_and_then_all_is_withdrawn()
    {
        var session = await FollowAsync();
        await Lifecycle.LoseAsync(session, _first).Guard();
        _bench.Clock.Advance(Timeout - TimeSpan.FromTicks(1));
        Assert.Equal(0, Ann.CountOf("Disconnect"));
        _bench.Clock.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(session.Id, ((DisconnectRequest)(await Ann.NextAsync("Disconnect")).Request).Session);
        Assert.True(session.IsEnded);
        Assert.Empty(Lifecycle.All);
        Assert.NotSame(session, await ReturnAsync(session));
        Assert.False(Assert.IsType<ConnectionEvent>(_second.Events[0]).IsResumed);
    }

    [Fact]
    public async Task Without_a_wish_the_timeout_is_that_of_the_options()
    {
        var session = await _bench.ConnectAsync("ann", _first);
        await Lifecycle.LoseAsync(session, _first).Guard();
        _bench.Clock.Advance(TimeSpan.FromSeconds(300) - TimeSpan.FromTicks(1));
        Assert.False(session.IsEnded);
        _bench.Clock.Advance(TimeSpan.FromTicks(1));
        Assert.True(session.IsEnded);
    }

    [Fact]
    public async Task Each_loss_is_waited_for_anew()
    {
        var session = await FollowAsync();
        await Lifecycle.LoseAsync(session, _first).Guard();
        _bench.Clock.Advance(Timeout - TimeSpan.FromTicks(1));
        await ReturnAsync(session, received: 1);
        _bench.Clock.Advance(Timeout);
        Assert.False(session.IsEnded);
        await Lifecycle.LoseAsync(session, _second).Guard();
        _bench.Clock.Advance(Timeout - TimeSpan.FromTicks(1));
        Assert.False(session.IsEnded);
        _bench.Clock.Advance(TimeSpan.FromTicks(1));
        Assert.True(session.IsEnded);
    }

    [Fact]
    public async Task A_client_may_be_back_before_its_loss_was_noticed()
    {
        var session = await FollowAsync();
        Assert.Same(session, await ReturnAsync(session, received: 1));
        Assert.Equal(DisconnectCode.Forced, await _first.Closed.Guard());
        await Lifecycle.LoseAsync(session, _first).Guard();
        _bench.Clock.Advance(Timeout);
        Assert.False(session.IsEnded);
        _bench.DeliverNews(1, Message(1, "live"));
        Assert.Equal(["Connected/LoginSuccess", "live"], Told(_second));
    }

    [Theory]
    [InlineData("user")]
    [InlineData("secret")]
    [InlineData("received")]
    public async Task Whoever_cannot_go_on_gets_a_new_session_and_is_told_so(string wrong)
    {
        var session = await FollowAsync();
        await Lifecycle.LoseAsync(session, _first).Guard();
        var key = wrong == "secret" ? session.Key! with { Secret = "another" } : session.Key!;
        var other = await _bench.ConnectAsync(
            wrong == "user" ? "bob" : "ann", _second, wishes: Resumable with
            {
                Previous = key, Received = wrong == "received" ? 9 : 1,
            });
        Assert.NotSame(session, other);
        Assert.False(Assert.IsType<ConnectionEvent>(_second.Events[0]).IsResumed);
        Assert.NotEqual(session.Key, other.Key);
    }

    [Fact]
    public async Task A_logout_clears_at_once_and_cannot_be_come_back_to()
    {
        var session = await FollowAsync();
        await Lifecycle.LogoutAsync(session).Guard();
        await Lifecycle.LoseAsync(session, _first).Guard();
        Assert.Equal(1, Ann.CountOf("Disconnect"));
        Assert.NotSame(session, await ReturnAsync(session));
    }

    [Fact]
    public async Task A_session_without_a_connection_that_is_taken_over_ends_at_once()
    {
        var session = await FollowAsync();
        await Lifecycle.LoseAsync(session, _first).Guard();
        _bench.DeliverToUser("ann", 1, new SessionNotice(1, session.Id, SessionNoticeKind.TakenOver, null));
        await Ann.NextAsync("Disconnect");
        Assert.NotSame(session, await ReturnAsync(session));
    }

    [Fact]
    public async Task A_session_that_was_told_why_it_ends_ends_with_its_connection()
    {
        var session = await FollowAsync();
        _bench.DeliverToUser("ann", 1, new SessionNotice(1, session.Id, SessionNoticeKind.TakenOver, null));
        await _first.Closed.Guard();
        await Lifecycle.LoseAsync(session, _first).Guard();
        Assert.True(session.IsEnded);
    }

    [Fact]
    public async Task The_end_of_the_token_ends_a_session_without_a_connection()
    {
        var session = await _bench.ConnectAsync("ann", _first, TimeSpan.FromSeconds(10), wishes: Resumable);
        await Lifecycle.LoseAsync(session, _first).Guard();
        _bench.Clock.Advance(TimeSpan.FromSeconds(10));
        Assert.True(session.IsEnded);
        Assert.NotSame(session, await ReturnAsync(session));
    }

    [Fact]
    public async Task The_token_of_the_new_connection_counts_from_then_on()
    {
        var session = await _bench.ConnectAsync("ann", _first, TimeSpan.FromSeconds(10), wishes: Resumable);
        await Lifecycle.LoseAsync(session, _first).Guard();
        Assert.Same(session, await ReturnAsync(session, received: 1, token: "fresh"));
        var renewal = (RenewTokenRequest)(await Ann.NextAsync("RenewToken")).Request;
        Assert.Equal((session.Id, session.Token.ExpiresAt), (renewal.Session, renewal.ExpiresAt));
        _bench.Clock.Advance(TimeSpan.FromSeconds(10));
        Assert.False(session.IsEnded);
        Assert.Equal(["Connected/LoginSuccess"], Told(_second));
    }

    [Fact]
    public async Task A_session_whose_line_is_overfull_ends()
    {
        var session = await FollowAsync();
        await Lifecycle.LoseAsync(session, _first).Guard();
        for (var i = 1; i <= 8193; i++)
            _bench.DeliverToLobby(i, Began(i, $"user{i}"));
        Assert.False(session.IsEnded);
        Lifecycle.CloseStalled();
        Assert.True(session.IsEnded);
    }

    [Fact]
    public async Task Beyond_the_bound_the_one_that_has_waited_longest_ends()
    {
        _bench.SessionOptions.DetachedMax = 2;
        var sessions = new List<Session>();
        foreach (var user in new[] { "ann", "bob", "cat" })
            sessions.Add(await LoseNewAsync(user));
        Assert.Equal([true, false, false], sessions.Select(session => session.IsEnded));
    }

    [Fact]
    public async Task One_user_cannot_take_the_room_of_all()
    {
        _bench.SessionOptions.DetachedPerUserMax = 1;
        var other = await LoseNewAsync("bob");
        var older = await LoseNewAsync("ann");
        var newer = await LoseNewAsync("ann");
        Assert.Equal([false, true, false], new[] { other, older, newer }.Select(session => session.IsEnded));
    }

    /// <summary>Whoever is here counts for more than whoever may come back.</summary>
    [Fact]
    public async Task A_device_too_many_is_let_in_when_a_session_of_its_user_waits_which_ends_then()
    {
        var waiting = await LoseNewAsync("ann");
        Ann.Script("Connect", ErrorCode.LoginRejected);
        var session = await _bench.ConnectAsync("ann", _second);
        Assert.Equal((true, false), (waiting.IsEnded, session.IsEnded));
        Assert.Equal(["Connected/LoginSuccess"], Told(_second));
        Ann.Script("Connect", ErrorCode.LoginRejected);
        AssertRefused(ErrorCode.LoginRejected, await Lifecycle.ConnectAsync(
            new("ann"), new("other"), new("token", _bench.Clock.GetUtcNow() + Timeout), _first).Guard());
        Assert.Equal([session], Lifecycle.All);
    }

    [Fact]
    public async Task With_no_room_at_all_a_session_ends_with_its_connection()
    {
        _bench.SessionOptions.DetachedMax = 0;
        Assert.True((await LoseNewAsync("ann")).IsEnded);
    }

    [Fact]
    public async Task A_call_that_was_under_way_is_carried_out_and_the_next_one_does_not_wait_for_the_client()
    {
        var session = await _bench.ConnectAsync("ann", _first, wishes: Resumable);
        Ann.Hold("JoinChannel");
        var joining = _bench.Channels.JoinAsync(session, new(Lobby), null);
        var call = await Ann.NextAsync("JoinChannel");
        await Lifecycle.LoseAsync(session, _first).Guard();
        call.Reply(_bench.Grains.Room(Lobby).Joined());
        AssertAccepted(await joining.Guard());
        await ReturnAsync(session);
        Assert.Equal(["Connected/LoginSuccess", "snapshot[]"], Told(_second));
        AssertAccepted(await _bench.JoinTopicAsync(session).Guard());
    }

    [Fact]
    public async Task A_client_that_is_silent_for_too_long_is_told_and_can_come_back()
    {
        var session = await FollowAsync();
        _first.Silence = TimeSpan.FromSeconds(33);
        Lifecycle.CloseStalled();
        Assert.False(_first.Closed.IsCompleted);
        _first.Silence += TimeSpan.FromMilliseconds(1);
        Lifecycle.CloseStalled();
        Assert.Equal(DisconnectCode.Silent, await _first.Closed.Guard());
        Assert.Equal("Disconnected/Interrupted", Told(_first)[^1]);
        await Lifecycle.LoseAsync(session, _first).Guard();
        Assert.False(session.IsEnded);
        Assert.Same(session, await _bench.ConnectAsync("ann", _second, wishes: Resumable with
        {
            Previous = session.Key,
            Received = _first.Events.Sum(told => told.IsCounted ? told.Count : 0),
        }));
    }

    [Fact]
    public async Task A_gateway_that_stops_waits_for_nobody()
    {
        var waiting = await FollowAsync();
        await Lifecycle.LoseAsync(waiting, _first).Guard();
        var present = await _bench.ConnectAsync("bob", _second, wishes: Resumable);
        await Lifecycle.StopAsync().Guard();
        await Lifecycle.LoseAsync(present, _second).Guard();
        Assert.True(waiting.IsEnded);
        Assert.True(present.IsEnded);
    }

    private DeliveryAck DeliverToAnn(long number) =>
        _bench.DeliverToUser("ann", number, new UserMessage(number, new("bob"), Text("hi"), number));

    private async Task<Session> FollowAsync()
    {
        var session = await _bench.ConnectAsync("ann", _first, wishes: Resumable);
        AssertAccepted(await _bench.Channels.JoinAsync(session, new(Lobby), null).Guard());
        AssertAccepted(await _bench.SubscribeAsync(session, "pub").Guard());
        return session;
    }

    private Task<Session> ReturnAsync(Session session, long received = 0, string token = "token") =>
        _bench.ConnectAsync(
            "ann", _second, token: token, wishes: Resumable with { Previous = session.Key, Received = received });

    private async Task<Session> LoseNewAsync(string user)
    {
        var connection = new FakeConnection();
        var session = await _bench.ConnectAsync(user, connection);
        await Lifecycle.LoseAsync(session, connection).Guard();
        return session;
    }
}
