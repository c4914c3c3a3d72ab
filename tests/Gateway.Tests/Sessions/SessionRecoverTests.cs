using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Domain.Locks;
using ImOrleans.Domain.Messages;
using ImOrleans.Domain.Presence;
using ImOrleans.Gateway.Sessions;
using ImOrleans.Gateway.Tests.Doubles;
using ImOrleans.Grains.Abstractions.MessageChannels;
using ImOrleans.Grains.Abstractions.Presence;
using ImOrleans.Grains.Abstractions.Rooms;
using ImOrleans.Grains.Abstractions.Sessions;
using ImOrleans.Grains.Abstractions.SharedData;
using ImOrleans.Grains.Abstractions.Topics;
using ImOrleans.Grains.Abstractions.Users;
using static ImOrleans.Gateway.Tests.Doubles.GatewayBench;

namespace ImOrleans.Gateway.Tests.Sessions;

/// <summary>Sessions whose gateway is lost, and what is kept of those that are here, should this one be lost.</summary>
public sealed class SessionRecoverTests : IDisposable
{
    private static readonly SessionKey Lost = new(new(new("lost"), 5), "secret");
    private static readonly ConnectWishes Resumable = new() { IsResumable = true };
    private static readonly PublisherRole Role = new(TopicQos.Ordered, MessagePriority.High, "m");

    private readonly GatewayBench _bench = new();
    private readonly FakeConnection _connection = new();

    private FakeUserGrain Ann => _bench.Grains.User("ann");

    private FakeSharedDataGrain Vault => _bench.Grains.Data(ChannelType.Message, "vault");

    private ConnectionEvent Greeting => Assert.IsType<ConnectionEvent>(_connection.Events[0]);

    public void Dispose() => _bench.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task It_comes_with_what_the_grains_know_and_the_old_one_goes_before_its_client_is_told(bool isKnownToBeLost)
    {
        Prepare(isAway: isKnownToBeLost);
        Ann.Script("DescribeSession", new TimeoutException());

        var session = await ComeAsync(received: 40);

        Assert.Equal((true, true), (Greeting.IsResumed, Greeting.IsLossy));
        string[] asked = isKnownToBeLost ? ["RecallSession"] : ["RecallSession", "DescribeSession"];
        Assert.Equal(
            [.. asked, "Connect", "JoinChannel", "SubscribeChannel", "ReleaseSession"],
            Ann.Calls.Select(call => call.Method).Where(method => method is not ("Check" or "KeepSession")));
        var login = Assert.Single(Ann.Requests<ConnectRequest>()).Session;
        Assert.Equal((session.Id, Lost.Session), (login.Id, login.Replaces));
        Assert.Equal(new ChannelName("later"), Assert.Single(login.Record!.States).Channel);
        Assert.Null(session.Replaces);
        Assert.Equal(
            ["DescribeSession", "JoinTopic", "SubscribeTopic"],
            _bench.Grains.Room(Lobby).Calls.Select(call => call.Method).Where(method => method != "Check"));
        var joined = Assert.Single(Ann.Requests<JoinChannelRequest>());
        Assert.Equal((true, true, false), (joined.Presence.WantsEvents, joined.Presence.IsQuiet, joined.WithData));
        Assert.Equal(ChannelFeeds.Messages, Assert.Single(Ann.Requests<SubscribeChannelRequest>()).Feeds);
        Assert.Equal("1", Assert.Single(session.States.For(ChannelType.Stream, new("later"))).Value);

        // What the old one has published and is still on its way is too late.
        AssertAccepted(await _bench.MessageChannels.PublishAsync(session, new(Lobby), Text("a"), null).Guard());
        var published = Assert.Single(_bench.Grains.MessageChannel(Lobby).Requests<PublishMessageRequest>());
        Assert.Equal(Lost.Session, Assert.Single(published.Over));

        // Its count goes on.
        _bench.DeliverNews(1, Message(1, "live"));
        await _bench.Lifecycle.LoseAsync(session, _connection).Guard();
        var again = new FakeConnection();
        var told = _connection.Events.Sum(one => one.IsCounted ? one.Count : 0);
        Assert.Same(session, await _bench.ConnectAsync(
            "ann", again, wishes: Resumable with { Previous = session.Key, Received = 40 + told }));
        Assert.False(Assert.IsType<ConnectionEvent>(again.Events[0]).IsLossy);
    }

    [Fact]
    public async Task Its_locks_come_along_and_how_they_stand_is_told_where_not_all_are_watched()
    {
        Prepare();
        Vault.Content = new(ChannelType.Message, "vault", Metadata: false, Locks: false)
        {
            Holding = [new(new("mine"), 1)],
            Waiting = [new(new("awaited"), 77)],
        };
        Vault.Locks = new(5, [new LockDetail(new("mine"), 10) { Owner = new("ann"), FencingToken = 1 }]);

        await ComeAsync();

        Assert.True(Greeting.IsResumed);
        Assert.Equal(
            [("mine", false, 0L), ("awaited", true, 77L)],
            Vault.Requests<AcquireLockRequest>().Select(request => (request.Name.Value, request.Retry, request.Ticket)));
        Assert.Contains("all(mine:ann)", Told(_connection));
    }

    [Theory]
    [InlineData("unknown")]
    [InlineData("refused by its gateway")]
    [InlineData("room")]
    [InlineData("channel")]
    [InlineData("data")]
    [InlineData("join")]
    [InlineData("lock")]
    [InlineData("locks")]
    [InlineData("release")]
    public async Task When_something_is_missing_the_client_gets_a_new_session_and_nothing_is_left_of_the_try(string what)
    {
        Prepare(isAway: what != "refused by its gateway");
        Vault.Content = Vault.Content! with { Holding = [new(new("mine"), what == "lock" ? 3 : 1)] };
        if (what == "unknown")
            Ann.Recalled = null;
        if (what == "room")
            _bench.Grains.Room(Lobby).Content = null;
        if (what == "channel")
            _bench.Grains.MessageChannel(Lobby).Content = null;
        if (what == "data")
            Vault.Content = null;
        if (what == "join")
            Ann.Script("JoinChannel", ErrorCode.ChannelJoinFailed);
        if (what == "locks")
            Vault.Script("GetLocks", ErrorCode.LockNotAvailable);
        if (what == "release")
            Ann.Script("ReleaseSession", ErrorCode.NotLogin);

        var session = await ComeAsync();

        Assert.Equal((false, false), (Greeting.IsResumed, Greeting.IsLossy));
        Assert.Equal([session], _bench.Lifecycle.All);
        Assert.Null(Ann.Requests<ConnectRequest>()[^1].Session.Replaces);
        AssertRefused(ErrorCode.ChannelNotJoined, await _bench.JoinTopicAsync(session).Guard());
    }

    [Fact]
    public async Task The_user_grain_is_told_what_only_this_gateway_knows_before_it_is_done()
    {
        var session = await ResumableAsync();
        var secret = new SessionClaim(session.Id, session.Key!.Secret);
        Assert.True(Assert.Single(Ann.Requests<ConnectRequest>()).Session.Record!.IsOf(secret));

        Ann.Hold("KeepSession");
        var acquiring = AcquireAsync(session, "mine");
        var told = await Ann.NextAsync("KeepSession");
        Assert.Equal(new(ChannelType.Message, "vault"), ((KeepSessionRequest)told.Request).Added);
        Assert.Equal(0, Vault.CountOf("AcquireLock"));
        told.Reply(new Done());
        AssertAccepted(await acquiring);
        AssertAccepted(await AcquireAsync(session, "another"));

        var saying = _bench.Presence.SetStateAsync(
            session, ChannelType.Stream, new(Lobby), [new StateItem("mood", "fine")]).Guard();
        told = await Ann.NextAsync("KeepSession");
        Assert.Equal("fine", Assert.Single(((KeepSessionRequest)told.Request).Said!.Items).Value);
        Assert.False(saying.IsCompleted);
        told.Reply(new Done());
        AssertAccepted(await saying);

        AssertAccepted(await _bench.Channels.JoinAsync(session, new(Lobby), null, withMetadata: true).Guard());
        Assert.True(Assert.Single(Ann.Requests<JoinChannelRequest>()).WithData);
        Assert.Equal(2, Ann.CountOf("KeepSession"));
        Assert.Equal(
            [new(ChannelType.Message, "vault"), new(ChannelType.Stream, Lobby)], session.Record!.Data.ToArray());
        Assert.Empty(session.Record.States);

        // A user grain that comes back is told all of it.
        _bench.Registrar.Invalidate(_bench.UserRoute("ann")!);
        await _bench.NextSettledAsync();
        var stated = Assert.Single(Ann.Requests<UserRegistration>()[^1].Sessions);
        Assert.Equal((session.Record, session.PresenceTimeout), (stated.Record, stated.Timeout));
    }

    [Fact]
    public async Task What_could_not_be_told_is_not_done()
    {
        var session = await ResumableAsync();
        Ann.Script("KeepSession", ErrorCode.NotLogin, ErrorCode.NotLogin, ErrorCode.NotLogin);
        AssertRefused(ErrorCode.LockNotAvailable, await AcquireAsync(session, "mine"));
        Assert.Equal(0, Vault.CountOf("AcquireLock"));
        AssertRefused(
            ErrorCode.StorageNotAvailable,
            await _bench.Feeds.OpenAsync(new(_bench.Clock), session, ChannelType.User, "bob", true, false).Guard());
        AssertRefused(
            ErrorCode.PresenceOperationTimeout,
            await _bench.Presence.SetStateAsync(session, ChannelType.Stream, new(Lobby), [new("mood", "fine")]).Guard());
    }

    [Fact]
    public async Task Of_a_session_that_cannot_be_come_back_to_nothing_is_kept()
    {
        var session = await _bench.ConnectAsync("ann", _connection);
        AssertAccepted(await AcquireAsync(session, "mine"));
        Assert.Null(session.Record);
        Assert.Equal(0, Ann.CountOf("KeepSession"));
        Assert.Null(Assert.Single(Ann.Requests<ConnectRequest>()).Session.Record);
        Assert.Null(Assert.Single(Vault.Requests<AcquireLockRequest>()).Timeout);
    }

    [Fact]
    public async Task Places_where_a_session_has_nothing_any_more_are_dropped_by_and_by()
    {
        var session = await ResumableAsync();
        AssertAccepted(await AcquireAsync(session, "mine"));
        _bench.Lifecycle.CloseStalled();
        Assert.Equal(1, Ann.CountOf("KeepSession"));
        var removed = new LockChange(LockChangeKind.Removed, new(new("mine"), 10), 1);
        _bench.Deliver(GrainKey.SharedData(ChannelType.Message, "vault"), 1, 1, new LockEvent(1, removed, 2));

        _bench.Lifecycle.CloseStalled();

        var request = Ann.Requests<KeepSessionRequest>()[^1];
        Assert.Equal(new(ChannelType.Message, "vault"), Assert.Single(request.Removed));
        Assert.Empty(session.Record!.Data);
    }

    [Fact]
    public async Task Every_grain_is_told_how_long_the_session_stays_and_when_that_changes()
    {
        var stay = TimeSpan.FromSeconds(7);
        var session = await _bench.ConnectAsync("ann", _connection, wishes: Resumable with { PresenceTimeout = stay });
        AssertAccepted(await _bench.Channels.JoinAsync(session, new(Lobby), null).Guard());
        AssertAccepted(await _bench.MessageChannels.SubscribeAsync(session, new(Lobby), ChannelFeeds.Messages, null).Guard());
        AssertAccepted(await AcquireAsync(session, "mine"));
        Assert.Equal(stay, Ann.Requests<ConnectRequest>().Single().Session.Timeout);
        Assert.Equal(stay, Ann.Requests<JoinChannelRequest>().Single().Presence.Timeout);
        Assert.Equal(stay, Ann.Requests<SubscribeChannelRequest>().Single().Presence.Timeout);
        Assert.Equal(stay, Vault.Requests<AcquireLockRequest>().Single().Timeout);

        await _bench.Lifecycle.LoseAsync(session, _connection).Guard();
        var again = new FakeConnection();
        await _bench.ConnectAsync("ann", again, wishes: Resumable with
        {
            Previous = session.Key,
            Received = _connection.Events.Sum(one => one.IsCounted ? one.Count : 0),
            PresenceTimeout = stay * 2,
        });
        for (var route = 0; route < 4; route++)
            await _bench.NextSettledAsync();

        Assert.Equal(stay * 2, Ann.Requests<UserRegistration>()[^1].Sessions.Single().Timeout);
        Assert.Equal(
            stay * 2, _bench.Grains.Room(Lobby).Requests<RoomRegistration>()[^1].Members.Single().Presence.Timeout);
        Assert.Equal(
            stay * 2,
            _bench.Grains.MessageChannel(Lobby).Requests<MessageChannelRegistration>()[^1].Subscriptions.Single().Presence.Timeout);
        Assert.Equal(stay * 2, Vault.Requests<SharedDataRegistration>()[^1].Sessions.Single().Timeout);
    }

    private void Prepare(bool isAway = true)
    {
        var record = SessionRecord.Of(Lost.Secret).With(new(ChannelType.Message, "vault"))
            .Saying(new(ChannelType.Stream, new("later"), [new StateItem("seat", "1")]));
        Ann.Recalled = new([new(Lobby)], [new(Lobby)], record, isAway);
        _bench.Grains.Room(Lobby).Content = new(
            new(Lobby), null, [new(new(GatewayBench.News), Role, [new("pub")])])
        {
            Presence = new(true, true, PresenceState.None),
        };
        _bench.Grains.MessageChannel(Lobby).Content = new(new(Lobby), ChannelFeeds.Messages);
        Vault.Content = new(ChannelType.Message, "vault", Metadata: false, Locks: false);
    }

    private Task<Session> ResumableAsync() => _bench.ConnectAsync("ann", _connection, wishes: Resumable);

    private Task<Session> ComeAsync(long received = 0) => _bench.ConnectAsync(
        "ann", _connection, wishes: Resumable with { Previous = Lost, Received = received });

    private Task<Outcome<LockAnswer>> AcquireAsync(Session session, string name) =>
        _bench.Locks.AcquireAsync(session, ChannelType.Message, new("vault"), new(name), true).Guard();
}
