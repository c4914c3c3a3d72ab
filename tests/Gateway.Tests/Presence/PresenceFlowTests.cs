using System.Collections.Immutable;
using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Domain.Limits;
using ImOrleans.Domain.Messages;
using ImOrleans.Domain.Presence;
using ImOrleans.Gateway.Channels;
using ImOrleans.Gateway.Presence;
using ImOrleans.Gateway.Sessions;
using ImOrleans.Gateway.Tests.Doubles;
using ImOrleans.Grains.Abstractions.Delivery;
using ImOrleans.Grains.Abstractions.MessageChannels;
using ImOrleans.Grains.Abstractions.Presence;
using ImOrleans.Grains.Abstractions.Rooms;
using ImOrleans.Grains.Abstractions.Users;

namespace ImOrleans.Gateway.Tests.Presence;

/// <summary>What sessions hear of presence, in which order, and what the gateway vouches for.</summary>
public sealed class PresenceFlowTests : IDisposable
{
    private static readonly PresenceWish Listening = new(true, false, false);

    private readonly GatewayBench _bench = new();
    private readonly FakeConnection _connection = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task The_snapshot_comes_first_then_what_is_newer_than_it_each_once()
    {
        var room = _bench.Grains.Room(GatewayBench.Lobby);
        _bench.Grains.User("ann").Hold("JoinChannel");
        var session = await _bench.ConnectAsync("ann", _connection);
        var joining = _bench.Channels.JoinAsync(session, new(GatewayBench.Lobby), null, wish: Listening);
        var call = await _bench.Grains.User("ann").NextAsync("JoinChannel");
        room.Position = 5;
        _bench.DeliverToLobby(1, Came(4, "old"), Came(5, "ann"), Came(6, "new"));
        call.Reply(room.Joined() with { Presence = new(PresenceState.None, View("old", "ann")) });
        GatewayBench.AssertAccepted(await joining.Guard());
        _bench.DeliverToLobby(2, Came(7, "later"));
        _bench.DeliverToLobby(2, Came(7, "later"));

        Assert.Equal(
            ["snapshot[]", "snapshot old ann of 2", "Joined new", "lobby Connected/JoinSuccess", "Joined later"],
            Told().Skip(1));
    }

    [Fact]
    public async Task Who_did_not_ask_hears_nothing_and_who_declined_that_it_is_so()
    {
        var quiet = new FakeConnection();
        await JoinAsync("ann", quiet, default);
        await JoinAsync("bob", _connection, new(false, false, true));

        _bench.DeliverToLobby(1, Came(1, "cleo"), new PresenceSnapshot(2, View("cleo")));

        Assert.Equal(["snapshot[]"], GatewayBench.Told(quiet).Skip(1));
        Assert.Equal(["snapshot[]", "out of service", "lobby Connected/JoinSuccess"], Told().Skip(1));
    }

    [Fact]
    public async Task A_batch_goes_to_those_who_listen_whatever_it_tells()
    {
        var session = await JoinAsync("ann", _connection, Listening);
        await JoinAsync("bob", new FakeConnection(), default);

        var ack = _bench.DeliverToLobby(
            1,
            Came(1, "cleo"),
            new PresenceInterval(2, [new("u")], [], [], [], 60, 0),
            new PresenceStateKept(3, new("ann"), new([new("a", "1")], 9)));

        GatewayBench.AssertReached(ack, 1, 1, 0);
        GatewayBench.AssertAccepted(await _bench.Channels.LeaveAsync(session, new(GatewayBench.Lobby)).Guard());
        GatewayBench.AssertReached(_bench.DeliverToLobby(2, Came(4, "dora")), 0);
    }

    [Fact]
    public async Task What_was_said_before_the_join_goes_with_it_once()
    {
        var session = await _bench.ConnectAsync("ann", _connection);
        await SetAsync(session, ("mood", "fine"), ("a", "1"));
        GatewayBench.AssertAccepted(await _bench.Presence.RemoveStateAsync(
            session, ChannelType.Stream, new(GatewayBench.Lobby), ["a"]).Guard());
        await JoinAsync(session, Listening);
        GatewayBench.AssertAccepted(await _bench.Channels.LeaveAsync(session, new(GatewayBench.Lobby)).Guard());
        await JoinAsync(session, Listening);

        var said = _bench.Grains.User("ann").Requests<JoinChannelRequest>().Select(join => Text(join.Presence.State.Items));
        Assert.Equal(["mood=fine", ""], said);
        Assert.Empty(_bench.Grains.Room(GatewayBench.Lobby).Requests<ChangeStateRequest>());
    }

    [Fact]
    public async Task States_wait_for_a_hundred_channels()
    {
        var session = await _bench.ConnectAsync();
        ChannelName Name(int i) => new($"c{i}");
        for (var i = 1; i <= PresenceLimits.CachedChannelsMax; i++)
            GatewayBench.AssertAccepted(session.States.Change(ChannelType.Stream, Name(i), [new("k", "v")], []));

        GatewayBench.AssertRefused(
            ErrorCode.PresenceCachedTooManyStates, session.States.Change(ChannelType.Stream, Name(0), [new("k", "v")], []));

        GatewayBench.AssertAccepted(session.States.Change(ChannelType.Stream, Name(1), [new("l", "v")], []));
        GatewayBench.AssertAccepted(session.States.Change(ChannelType.Stream, Name(1), null, []));
        GatewayBench.AssertAccepted(session.States.Change(ChannelType.Stream, Name(0), [new("k", "v")], []));
        Assert.Equal(
            ErrorCode.PresenceStateCountOverflow,
            session.States.Change(
                ChannelType.Stream, Name(0), [.. Enumerable.Range(1, 32).Select(i => new StateItem($"k{i}", "v"))], [])
                .Refusal?.Code);
    }

    /// <summary>The state is vouched for: of what came by answers and by items, the later.</summary>
    [Fact]
    public async Task A_registration_states_what_users_say_now()
    {
        var room = _bench.Grains.Room(GatewayBench.Lobby);
        room.Presence = new(new([new("a", "0")], 3), null);
        var session = await JoinAsync("ann", _connection, Listening with { WantsEvents = false });
        room.Position = 5;
        await SetAsync(session, ("a", "1"));
        _bench.DeliverToLobby(
            1,
            new PresenceStateKept(1, new("ann"), new([new("a", "late")], 4)),
            new PresenceStateKept(2, new("ann"), new([new("a", "2")], 7)),
            new PresenceStateKept(3, new("bob"), new([new("a", "other")], 8)));

        _bench.Registrar.Invalidate(_bench.RoomRoute()!);
        await room.NextAsync("Register");

        var member = Assert.Single(Assert.Single(room.Requests<RoomRegistration>()).Members);
        Assert.Equal(("a=2", 7L), (Text(member.Presence.State.Items), member.Presence.State.Stamp));
    }

    [Fact]
    public async Task A_change_whose_outcome_is_unknown_is_answered_as_such()
    {
        var session = await JoinAsync("ann", _connection, Listening);
        _bench.Grains.Room(GatewayBench.Lobby).Script("ChangeState", new TimeoutException());

        var outcome = await _bench.Presence.SetStateAsync(
            session, ChannelType.Stream, new(GatewayBench.Lobby), [new("a", "1")]).Guard();

        GatewayBench.AssertRefused(ErrorCode.PresenceOperationTimeout, outcome);
    }

    [Fact]
    public async Task Questions_are_answered_by_grains_and_a_silent_one_is_told()
    {
        var session = await _bench.ConnectAsync();
        var room = _bench.Grains.Room(GatewayBench.Lobby);
        room.Script("WhoNow", new WhoNow([new(new("bob"), [])], 1, null), new TimeoutException());

        var who = await WhoNowAsync();
        var where = await _bench.Presence.WhereNowAsync(session, new("bob")).Guard();

        Assert.Equal("bob", Assert.Single(who.Value!.Users).User.Value);
        Assert.Equal("lobby", Assert.Single(where.Value!.StreamChannels).Value);
        GatewayBench.AssertRefused(ErrorCode.PresenceOperationTimeout, await WhoNowAsync());

        Task<Outcome<WhoNow>> WhoNowAsync() => _bench.Presence.WhoNowAsync(
            session, ChannelType.Stream, new(GatewayBench.Lobby), new(true, false, null)).Guard();
    }

    [Theory]
    [InlineData(true, PresenceEnd.Left)]
    [InlineData(false, PresenceEnd.TimedOut)]
    public async Task A_logout_is_a_leave_and_a_lost_connection_is_not(bool isLogout, PresenceEnd end)
    {
        var session = await JoinAsync("ann", _connection, Listening);

        await (isLogout ? _bench.Lifecycle.LogoutAsync(session) : _bench.Lifecycle.EndAsync(session)).Guard();

        Assert.Equal(end, Assert.Single(_bench.Grains.User("ann").Requests<DisconnectRequest>()).End);
    }

    /// <summary>The snapshot of the second subscription holds what came until then; nothing is told twice or lost.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Who_subscribes_again_is_shown_anew_and_told_each_change_once(bool isAccepted)
    {
        var channel = _bench.Grains.MessageChannel(GatewayBench.Lobby);
        channel.Presence = new(PresenceState.None, View("ann"));
        var session = await _bench.ConnectAsync("ann", _connection);
        GatewayBench.AssertAccepted(await SubscribeAsync(session).Guard());
        Deliver(1, Came(1, "one"));
        _bench.Grains.User("ann").Hold("SubscribeChannel");
        var again = SubscribeAsync(session);
        var call = await _bench.Grains.User("ann").NextAsync("SubscribeChannel");
        Deliver(2, Came(2, "two"));
        Deliver(3, Came(3, "three"));
        channel.Position = 2;
        channel.Presence = new(PresenceState.None, View("ann", "one", "two"));
        call.Reply(isAccepted ? channel.Subscribed() : ErrorCode.ChannelSubscribeFailed);
        await again.Guard();
        Deliver(4, Came(4, "four"));

        string[] between = isAccepted ? ["snapshot ann one two of 3"] : ["Joined two"];
        Assert.Equal(["snapshot ann of 1", "Joined one", .. between, "Joined three", "Joined four"], Told().Skip(1));
    }

    [Fact]
    public async Task A_message_channel_is_told_of_states_and_states_them_again()
    {
        var channel = _bench.Grains.MessageChannel(GatewayBench.Lobby);
        var session = await _bench.ConnectAsync("ann", _connection);
        GatewayBench.AssertAccepted(await _bench.Presence.SetStateAsync(
            session, ChannelType.Message, new(GatewayBench.Lobby), [new("a", "1")]).Guard());
        channel.Presence = new(new([new("a", "1")], 1), View("ann"));
        GatewayBench.AssertAccepted(await SubscribeAsync(session).Guard());
        channel.Script("ChangeState", new PresenceState([new("a", "2")], 2));
        GatewayBench.AssertAccepted(await _bench.Presence.SetStateAsync(
            session, ChannelType.Message, new(GatewayBench.Lobby), [new("a", "2")]).Guard());
        Deliver(1, new PresenceStateKept(1, new("ann"), new([new("a", "3")], 3)));

        _bench.Registrar.Invalidate(_bench.Routes.Find(GrainKey.MessageChannel(new(GatewayBench.Lobby)))!);
        await channel.NextAsync("Register");

        Assert.Equal("a=1", Text(Assert.Single(_bench.Grains.User("ann").Requests<SubscribeChannelRequest>()).Presence.State.Items));
        var stated = Assert.Single(Assert.Single(channel.Requests<MessageChannelRegistration>()).Subscriptions).Presence;
        Assert.Equal((true, "a=3"), (stated.WantsEvents, Text(stated.State.Items)));
    }

    private Task<Outcome<SubscribedChannel>> SubscribeAsync(Session session) => _bench.MessageChannels.SubscribeAsync(
        session, new(GatewayBench.Lobby), ChannelFeeds.Default, null, Listening);

    private void Deliver(long number, params DeliveryItem[] items) =>
        _bench.Deliver(GrainKey.MessageChannel(new(GatewayBench.Lobby)), 1, number, items);

    private static PresenceChanged Came(long sequence, string user) =>
        new(sequence, PresenceChangeKind.Joined, new(user), StateChange.None);

    private static PresenceView View(params string[] users) =>
        new([.. users.Select(user => new PresentUser(new(user), []))], users.Length, false);

    private static string Text(ImmutableArray<StateItem> items) =>
        string.Join(' ', items.Select(item => $"{item.Key}={item.Value}"));

    private async Task<Session> JoinAsync(string user, FakeConnection connection, PresenceWish wish)
    {
        var session = await _bench.ConnectAsync(user, connection);
        await JoinAsync(session, wish);
        return session;
    }

    private async Task JoinAsync(Session session, PresenceWish wish)
    {
        var room = _bench.Grains.Room(GatewayBench.Lobby);
        if (wish.WantsEvents && room.Presence.View is null)
            room.Presence = room.Presence with { View = View("ann") };
        else if (!wish.WantsEvents)
            room.Presence = room.Presence with { View = null };
        GatewayBench.AssertAccepted(await _bench.Channels.JoinAsync(session, new(GatewayBench.Lobby), null, wish: wish).Guard());
    }

    private async Task SetAsync(Session session, params (string Key, string Value)[] pairs) =>
        GatewayBench.AssertAccepted(await _bench.Presence.SetStateAsync(
            session, ChannelType.Stream, new(GatewayBench.Lobby),
            [.. pairs.Select(pair => new StateItem(pair.Key, pair.Value))]).Guard());

    private IEnumerable<string> Told() => _connection.Events.Select(told => told switch
    {
        PresenceChangeEvent change => $"{change.Change.Kind} {change.Change.User}",
        PresenceSnapshotEvent snapshot =>
            $"snapshot {string.Join(' ', snapshot.View.Users.Select(user => user.User))} of {snapshot.View.Total}",
        PresenceOutOfServiceEvent => "out of service",
        _ => GatewayBench.Describe(told),
    });
}
