using System.Collections.Immutable;
using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Domain.Locks;
using ImOrleans.Domain.Messages;
using ImOrleans.Domain.Presence;
using ImOrleans.Gateway.Sessions;
using ImOrleans.Gateway.Tests.Doubles;
using ImOrleans.Grains.Abstractions.MessageChannels;
using ImOrleans.Grains.Abstractions.Presence;
using ImOrleans.Grains.Abstractions.Sessions;
using ImOrleans.Grains.Abstractions.SharedData;
using ImOrleans.Grains.Abstractions.Topics;
using ImOrleans.Grains.Abstractions.Users;
using static ImOrleans.Gateway.Tests.Doubles.GatewayBench;

namespace ImOrleans.Gateway.Tests.Sessions;

/// <summary>Sessions that come from another gateway, and those that go to one.</summary>
public sealed class SessionMoveTests : IDisposable
{
    private static readonly SessionKey Elsewhere = new(new(new("elsewhere"), 5), "secret");
    private static readonly string News = GrainKey.Topic(new(Lobby), new(GatewayBench.News));
    private static readonly ConnectWishes Resumable = new() { IsResumable = true };

    private readonly GatewayBench _bench = new();
    private readonly FakeConnection _connection = new();

    private FakeUserGrain Ann => _bench.Grains.User("ann");

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task A_session_comes_with_all_that_it_has_and_others_hear_of_the_new_one_before_the_old_one_goes()
    {
        Ann.Content = Content(new PublisherRole(TopicQos.Ordered, MessagePriority.High, "m"));
        Ann.Rest = Rest(0);
        var session = await ComeAsync();
        var login = Assert.Single(Ann.Requests<ConnectRequest>()).Session;
        Assert.Equal((session.Id, Elsewhere.Session), (login.Id, login.Replaces));
        Assert.Equal(
            ["RecallSession", "DescribeSession", "Connect", "JoinChannel", "TakeSession"],
            Ann.Calls.Select(call => call.Method).Where(method => method != "Check"));
        Assert.Equal(["JoinTopic", "SubscribeTopic"], _bench.Grains.Room(Lobby).Calls.Select(call => call.Method));
        Assert.Equal(new("elsewhere"), Assert.Single(_bench.Grains.Topic(Lobby, GatewayBench.News).Requests<GatewayId>()));
        Assert.Null(session.Replaces);
        Assert.True(Assert.IsType<ConnectionEvent>(_connection.Events[0]).IsResumed);
        Assert.NotEqual(Elsewhere.Session, session.Key!.Session);
    }

    [Fact]
    public async Task What_the_client_has_not_got_comes_first_and_what_both_gateways_have_comes_once()
    {
        Ann.Content = Content();
        _bench.Grains.Topic(Lobby, GatewayBench.News).Position = 7;
        Ann.Rest = Rest(3, new(News, 9, Message(50, "of an earlier activation")), new(News, 1, Message(6, "a")),
            new(News, 1, Message(7, "b")), new(News, 1, Message(8, "c")));
        Ann.Hold("TakeSession");
        var coming = ComeAsync();
        var take = await Ann.NextAsync("TakeSession");
        AssertReached(_bench.DeliverNews(1, Message(8, "c")), 1);
        take.Reply(Ann.Rest);
        await coming.Guard();
        _bench.DeliverNews(2, Message(9, "d"));
        Assert.Equal(
            ["Connected/LoginSuccess", "of an earlier activation", "a", "b", "Connected/None", "snapshot[]", "c", "d"],
            Told(_connection));
        Assert.Equal(3, Assert.IsType<ConnectionEvent>(_connection.Events[4]).Dropped);
        Assert.Equal(["snapshot[]", "lobby Connected/RejoinSuccess", "c", "d"], ToldInFull(_connection).Skip(5));
    }

    [Fact]
    public async Task The_count_goes_on_where_it_was()
    {
        Ann.Content = Content();
        Ann.Rest = Rest(0, new RestItem(News, 1, Message(0, "a")));
        var session = await ComeAsync(received: 40);
        await _bench.Lifecycle.LoseAsync(session, _connection).Guard();
        var again = new FakeConnection();
        Assert.Same(session, await _bench.ConnectAsync(
            "ann", again, wishes: Resumable with { Previous = session.Key, Received = 41 }));
        Assert.Equal(["Connected/LoginSuccess", "snapshot[]"], Told(again));
    }

    [Theory]
    [InlineData("unknown")]
    [InlineData("rest")]
    [InlineData("epoch")]
    [InlineData("join")]
    [InlineData("mark")]
    [InlineData("dead")]
    public async Task When_something_is_missing_the_client_gets_a_new_session_and_nothing_is_left_of_the_try(string what)
    {
        Ann.Content = what == "unknown" ? null : Content();
        Ann.Rest = what switch
        {
            "rest" => null,
            "epoch" => Rest(0) with { Epochs = [new(News, 2), new(GrainKey.User(new("ann")), 1)] },
            _ => Rest(0),
        };
        if (what == "join")
            Ann.Script("JoinChannel", ErrorCode.ChannelJoinFailed);
        if (what == "mark")
            _bench.Grains.Topic(Lobby, GatewayBench.News).Script("Mark", false);
        if (what == "dead")
            Ann.Script("DescribeSession", new TimeoutException());
        var session = await ComeAsync();
        Assert.False(Assert.IsType<ConnectionEvent>(_connection.Events[0]).IsResumed);
        Assert.Equal([session], _bench.Lifecycle.All);
        Assert.Null(Ann.Requests<ConnectRequest>()[^1].Session.Replaces);
        AssertRefused(ErrorCode.ChannelNotJoined, await _bench.JoinTopicAsync(session).Guard());
    }

    [Fact]
    public async Task A_session_goes_with_what_its_client_has_not_got_and_ends_here()
    {
        var session = await LeaverAsync();
        _bench.DeliverNews(1, Message(1, "got"), Message(2, "written"));
        await _bench.Lifecycle.LoseAsync(session, _connection).Guard();
        _bench.DeliverNews(2, Message(3, "waiting"));
        var claim = new SessionClaim(session.Id, session.Key!.Secret);
        var channel = Assert.Single(_bench.Lifecycle.Describe(claim)!.Channels);
        var topic = Assert.Single(channel.Topics);
        Assert.Equal((Lobby, GatewayBench.News, "pub"), (channel.Name.Value, topic.Name.Value, topic.Followed.Single().Value));
        var rest = await _bench.Lifecycle.TakeAsync(new(claim, 3)).Guard();
        Assert.Equal(
            [(News, 1L, 2L), (News, 1L, 3L)],
            rest!.Items.Select(item => (item.Route, item.Epoch, item.Item.Sequence)));
        Assert.Contains(new(News, 1), rest.Epochs);
        Assert.True(session.IsEnded);
        Assert.Equal(1, Ann.CountOf("Disconnect"));
    }

    [Fact]
    public async Task Its_part_in_presence_goes_along_and_what_it_says_where_it_is_not_yet()
    {
        var session = await _bench.ConnectAsync("ann", _connection, wishes: Resumable);
        AssertAccepted(await _bench.Channels.JoinAsync(session, new(Lobby), null, wish: new(true, true, false)).Guard());
        AssertAccepted(await _bench.MessageChannels.SubscribeAsync(
            session, new(Lobby), ChannelFeeds.Messages, null, new(false, true, false)).Guard());
        var mood = ImmutableArray.Create(new StateItem("mood", "fine"));
        AssertAccepted(session.States.Change(ChannelType.Stream, new("later"), mood, []));

        var content = _bench.Lifecycle.Describe(new(session.Id, session.Key!.Secret))!;

        var presence = Assert.Single(content.Channels).Presence;
        Assert.Equal((true, true), (presence.WantsEvents, presence.IsQuiet));
        Assert.True(Assert.Single(content.Subscriptions).IsQuiet);
        var said = Assert.Single(content.States);
        Assert.Equal((ChannelType.Stream, "later", mood[0]), (said.Type, said.Channel.Value, said.Items.Single()));
    }

    [Fact]
    public async Task Its_part_in_presence_comes_along_and_what_it_says_where_it_is_not_yet()
    {
        var content = Content();
        Ann.Content = content with
        {
            Channels = [content.Channels[0] with { Presence = new(true, true, PresenceState.None) }],
            Subscriptions = [new(new(Lobby), ChannelFeeds.Messages) { IsQuiet = true }],
            States = [new(ChannelType.Stream, new("later"), [new("mood", "fine")])],
        };
        Ann.Rest = Rest(0) with
        {
            Epochs = [.. Rest(0).Epochs, new(GrainKey.MessageChannel(new(Lobby)), 1)],
        };

        var session = await ComeAsync();

        Assert.True(Assert.IsType<ConnectionEvent>(_connection.Events[0]).IsResumed);
        var joined = Assert.Single(Ann.Requests<JoinChannelRequest>()).Presence;
        Assert.Equal((true, true), (joined.WantsEvents, joined.IsQuiet));
        Assert.True(Assert.Single(Ann.Requests<SubscribeChannelRequest>()).Presence.IsQuiet);
        Assert.Equal("fine", Assert.Single(session.States.For(ChannelType.Stream, new("later"))).Value);
    }

    [Fact]
    public async Task What_comes_with_a_subscription_is_asked_for_once_and_what_comes_with_none_too()
    {
        Ann.Content = new(
            [], [new(new(Lobby), ChannelFeeds.Messages | ChannelFeeds.Metadata)],
            [
                new(ChannelType.Message, Lobby, Metadata: true, Locks: false),
                new(ChannelType.User, "bob", Metadata: true, Locks: false),
            ]);
        Ann.Rest = Rest(0) with { Epochs = [.. Rest(0).Epochs, new(GrainKey.MessageChannel(new(Lobby)), 1)] };

        await ComeAsync();

        Assert.True(Assert.IsType<ConnectionEvent>(_connection.Events[0]).IsResumed);
        Assert.Equal(1, _bench.Grains.Data(ChannelType.Message, Lobby).CountOf("Watch"));
        Assert.Equal(1, _bench.Grains.Data(ChannelType.User, "bob").CountOf("Watch"));
    }

    [Fact]
    public async Task From_a_gateway_that_stops_beside_others_sessions_are_fetched_before_it_is_gone()
    {
        var session = await LeaverAsync();
        var passing = new FakeConnection();
        var bob = await _bench.ConnectAsync("bob", passing);

        await _bench.Lifecycle.StopAsync(hasOthers: true).Guard();

        Assert.Equal(DisconnectCode.Shutdown, await _connection.Closed.Guard());
        Assert.Equal("Disconnected/Interrupted", Told(_connection)[^1]);
        await _bench.Lifecycle.LoseAsync(session, _connection).Guard();
        await _bench.Lifecycle.LoseAsync(bob, passing).Guard();
        Assert.Equal((false, true), (session.IsEnded, bob.IsEnded));
        var drained = _bench.Lifecycle.DrainedAsync(TimeSpan.FromSeconds(10));
        Assert.False(drained.IsCompleted);
        Assert.NotNull(await _bench.Lifecycle.TakeAsync(
            new(new(session.Id, session.Key!.Secret), _connection.Events.Sum(one => one.IsCounted ? one.Count : 0))).Guard());
        await drained.Guard();
    }

    [Fact]
    public async Task A_gateway_that_stops_does_not_wait_for_clients_that_do_not_come()
    {
        var session = await LeaverAsync();
        await _bench.Lifecycle.StopAsync(hasOthers: true).Guard();
        await _bench.Lifecycle.LoseAsync(session, _connection).Guard();
        var drained = _bench.Lifecycle.DrainedAsync(TimeSpan.FromSeconds(10));
        _bench.Clock.Advance(TimeSpan.FromSeconds(9.9));
        Assert.False(drained.IsCompleted);
        _bench.Clock.Advance(TimeSpan.FromSeconds(0.1));
        await drained.Guard();
    }

    [Fact]
    public async Task Who_comes_to_a_gateway_whose_sessions_leave_is_not_logged_in_there()
    {
        await _bench.Lifecycle.StopAsync(hasOthers: true).Guard();

        var session = await _bench.ConnectAsync("ann", _connection, wishes: Resumable);

        Assert.Equal(DisconnectCode.Shutdown, await _connection.Closed.Guard());
        Assert.Equal(["Disconnected/Interrupted"], Told(_connection));
        await _bench.Lifecycle.LoseAsync(session, _connection).Guard();
        Assert.Empty(Ann.Requests<ConnectRequest>());
        Assert.Empty(_bench.Lifecycle.All);
    }

    /// <summary>Late, it would come behind what the session publishes from the other gateway.</summary>
    [Fact]
    public async Task A_session_with_a_publish_that_was_given_up_stays()
    {
        var session = await LeaverAsync();
        var claim = new SessionClaim(session.Id, session.Key!.Secret);
        _bench.Grains.MessageChannel(Lobby).Script("Publish", new TimeoutException());
        AssertRefused(
            ErrorCode.ChannelPublishMessageTimeout,
            await _bench.MessageChannels.PublishAsync(session, new(Lobby), Text("a"), null).Guard());

        Assert.Null(_bench.Lifecycle.Describe(claim));
        Assert.Null(await _bench.Lifecycle.TakeAsync(new(claim, 1)).Guard());
        Assert.False(session.IsEnded);
    }

    [Fact]
    public async Task A_session_whose_publish_is_given_up_while_it_goes_stays()
    {
        var session = await LeaverAsync();
        _bench.Grains.MessageChannel(Lobby).Hold("Publish");
        var publishing = _bench.MessageChannels.PublishAsync(session, new(Lobby), Text("a"), null);
        var publish = await _bench.Grains.MessageChannel(Lobby).NextAsync("Publish");
        var taking = _bench.Lifecycle.TakeAsync(new(new(session.Id, session.Key!.Secret), 1));
        Assert.False(taking.IsCompleted);
        publish.Fail(new TimeoutException());
        AssertRefused(ErrorCode.ChannelPublishMessageTimeout, await publishing.Guard());

        Assert.Null(await taking.Guard());
        Assert.False(session.IsEnded);
    }

    [Fact]
    public async Task Its_locks_and_its_places_in_queues_go_along()
    {
        var session = await LeaverAsync();
        AssertAccepted(await AcquireAsync(session, "mine"));
        Data.Script("AcquireLock", (Outcome<LockAnswer>)new LockAnswer(Data.Stamp, 0, 77, 1));
        AssertAccepted(await AcquireAsync(session, "awaited"));

        var feed = Assert.Single(_bench.Lifecycle.Describe(new(session.Id, session.Key!.Secret))!.Feeds);

        Assert.Equal((ChannelType.Message, "vault", false, false), (feed.Type, feed.Name, feed.Metadata, feed.Locks));
        Assert.Equal(new HeldLock(new("mine"), 1), Assert.Single(feed.Holding));
        Assert.Equal(new AwaitedLock(new("awaited"), 77), Assert.Single(feed.Waiting));
    }

    [Fact]
    public async Task Its_locks_and_its_places_in_queues_come_along_with_what_the_client_has_not_heard_of_them()
    {
        Data.Locks = new(5, []);
        Ann.Content = WithLocks(token: 1);
        Ann.Rest = Rest(0, Change("mine", 4), Change("mine", 6), Change("awaited", 5), Change("another", 9));

        await ComeAsync();

        Assert.True(Assert.IsType<ConnectionEvent>(_connection.Events[0]).IsResumed);
        Assert.Equal(
            [("mine", false, 0L), ("awaited", true, 77L)],
            Data.Requests<AcquireLockRequest>().Select(request => (request.Name.Value, request.Retry, request.Ticket)));
        Assert.Equal(new("elsewhere"), Assert.Single(Data.Requests<GatewayId>()));
        Assert.Equal(
            [("mine", 4L), ("awaited", 5L), ("another", 9L)],
            _connection.Events.OfType<LocksEvent>().Select(told => (told.Locks[0].Name.Value, told.Revision)));
    }

    [Fact]
    public async Task Who_has_lost_a_lock_meanwhile_gets_a_new_session()
    {
        Ann.Content = WithLocks(token: 3); // The grain gives another one.
        Ann.Rest = Rest(0);

        await ComeAsync();

        Assert.False(Assert.IsType<ConnectionEvent>(_connection.Events[0]).IsResumed);
    }

    [Fact]
    public async Task A_session_whose_loss_was_not_noticed_goes_too_and_its_old_connection_is_closed()
    {
        var session = await LeaverAsync();
        Assert.NotNull(await _bench.Lifecycle.TakeAsync(new(new(session.Id, session.Key!.Secret), 1)).Guard());
        Assert.Equal(DisconnectCode.Forced, await _connection.Closed.Guard());
    }

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 9)]
    public async Task Without_the_secret_or_with_a_wrong_count_it_stays(bool isWrongSecret, long received)
    {
        var session = await LeaverAsync();
        var claim = new SessionClaim(session.Id, isWrongSecret ? "another" : session.Key!.Secret);
        Assert.Null(await _bench.Lifecycle.TakeAsync(new(claim, received)).Guard());
        Assert.Equal(isWrongSecret, _bench.Lifecycle.Describe(claim) is null);
        Assert.False(session.IsEnded);
    }

    private static SessionContent Content(PublisherRole? role = null) => new(
        [new(new(Lobby), null, [new(new(GatewayBench.News), role, [new("pub")])])], [], []);

    private static SessionContent WithLocks(long token) => Content() with
    {
        Feeds =
        [
            new(ChannelType.Message, "vault", false, false)
            {
                Holding = [new(new("mine"), token)],
                Waiting = [new(new("awaited"), 77)],
            },
        ],
    };

    private static RestItem Change(string name, long revision) => new(
        GrainKey.SharedData(ChannelType.Message, "vault"), 0,
        new LockEvent(0, new(LockChangeKind.Released, new(new(name), 10), 1), revision));

    private FakeSharedDataGrain Data => _bench.Grains.Data(ChannelType.Message, "vault");

    private Task<Outcome<LockAnswer>> AcquireAsync(Session session, string name) =>
        _bench.Locks.AcquireAsync(session, ChannelType.Message, new("vault"), new(name), true).Guard();

    private static SessionRest Rest(long dropped, params RestItem[] items) => new(
        [.. items], dropped, [new(News, 1), new(GrainKey.User(new("ann")), 1)]);

    private Task<Session> ComeAsync(long received = 0) => _bench.ConnectAsync(
        "ann", _connection, wishes: Resumable with { Previous = Elsewhere, Received = received });

    private async Task<Session> LeaverAsync()
    {
        var session = await _bench.ConnectAsync("ann", _connection, wishes: Resumable);
        AssertAccepted(await _bench.Channels.JoinAsync(session, new(Lobby), null).Guard());
        AssertAccepted(await _bench.SubscribeAsync(session, "pub").Guard());
        return session;
    }
}
