using ImOrleans.Domain.Messages;
using ImOrleans.Domain.Presence;
using ImOrleans.Grains.Abstractions.Delivery;
using ImOrleans.Grains.Abstractions.MessageChannels;
using ImOrleans.Grains.Abstractions.Presence;
using ImOrleans.Grains.Abstractions.Rooms;
using ImOrleans.Grains.Abstractions.Sessions;
using ImOrleans.Grains.Abstractions.SharedData;
using ImOrleans.Grains.Abstractions.Users;
using ImOrleans.Grains.Tests.Kit;

namespace ImOrleans.Grains.Tests.Users;

/// <summary>What grains do with the sessions of a gateway that is lost, and with the clients that come back elsewhere.</summary>
public sealed class GatewayLossTests : GrainTest
{
    private const string Secret = "secret";
    private static readonly TimeSpan Stay = TimeSpan.FromSeconds(60);
    private static readonly SharedDataPlace Vault = new(ChannelType.Message, "vault");

    private SessionClaim Claim => new(One.Session(1), Secret);

    private ISharedDataGrain Data => Grains.GetGrain<ISharedDataGrain>(GrainKey.SharedData(Vault.Type, Vault.Name));

    private IMessageChannelGrain News => Grains.GetGrain<IMessageChannelGrain>(GrainKey.MessageChannel(new("news")));

    [Fact]
    public void Its_sessions_stay_for_their_time_and_then_others_see_them_time_out()
    {
        Enter(Two, "ann", Listening);
        Enter(One, "bob", Staying);
        JoinTopic(One, 1);
        Die(One);
        Advance(Stay - TimeSpan.FromSeconds(5));

        Assert.True(Assert.Single(Two.Received<TopicEvent>()).IsJoin);
        Assert.Equal(new ChannelName("lobby"), Assert.Single(Do(() => User("bob").WhereNowAsync()).StreamChannels));
        Refused(ErrorCode.ChannelReceiverOffline, Do(() => User("bob").SendAsync(new(new("ann"), Text("hi")))));

        Advance(TimeSpan.FromSeconds(10));
        Assert.Equal([true, false], Two.Received<TopicEvent>().Select(change => change.IsJoin));
        Assert.Equal([PresenceChangeKind.Joined, PresenceChangeKind.TimedOut], Changes(Two));
        Assert.Empty(Do(() => User("bob").WhereNowAsync()).StreamChannels);
        Assert.Null(Do(() => Topic().DescribeSessionAsync(One.Session(1))));
    }

    /// <summary>The user grain may be lost as well.</summary>
    [Fact]
    public void A_channel_runs_the_time_out_by_itself()
    {
        Do(() => Room().JoinAsync(new(Two.Route(), Two.Session(1), new("ann"), null) { Presence = Listening }));
        Do(() => Room().JoinAsync(new(One.Route(), One.Session(1), new("bob"), null) { Presence = Staying }));
        Do(() => News.SubscribeAsync(new(
            Two.Route(), new(Two.Session(1), new("ann"), ChannelFeeds.Presence) { Presence = Listening }, null)));
        Do(() => News.SubscribeAsync(new(
            One.Route(), new(One.Session(1), new("bob"), ChannelFeeds.Messages) { Presence = Staying }, null)));
        JoinTopic(One, 1);
        Die(One);
        Assert.NotNull(Do(() => News.DescribeSessionAsync(One.Session(1))));

        Advance(Stay + TimeSpan.FromSeconds(5));

        Assert.Equal(2, Changes(Two).Count(kind => kind == PresenceChangeKind.TimedOut));
        Assert.Null(Do(() => News.DescribeSessionAsync(One.Session(1))));
        Assert.Null(Do(() => Room().DescribeSessionAsync(One.Session(1))));
        Assert.Null(Do(() => Topic().DescribeSessionAsync(One.Session(1))));
    }

    /// <summary>As members of chat rooms, to whose sessions nobody can come back: a room counts them no longer.</summary>
    [Fact]
    public void Those_without_any_time_are_not_counted_any_more()
    {
        Do(() => News.SubscribeAsync(new(Two.Route(), new(Two.Session(1), new("ann"), ChannelFeeds.Messages), null)));
        var gone = MemberPresence.Default with { Timeout = TimeSpan.Zero };
        Do(() => News.SubscribeAsync(new(
            One.Route(), new(One.Session(1), new("bob"), ChannelFeeds.Messages) { Presence = gone }, null)));
        Do(() => News.SubscribeAsync(new(
            One.Route(), new(One.Session(2), new("cat"), ChannelFeeds.Messages) { Presence = Staying }, null)));
        Assert.Equal(3, Do(() => News.CountSubscribersAsync()));
        Die(One);
        Assert.Equal(2, Do(() => News.CountSubscribersAsync()));

        Advance(Stay + TimeSpan.FromSeconds(5));
        Assert.Equal(1, Do(() => News.CountSubscribersAsync()));
    }

    [Fact]
    public void Those_that_say_nothing_of_a_time_go_with_it()
    {
        Enter(Two, "ann", Listening);
        Enter(One, "bob", MemberPresence.Default, timeout: null);
        JoinTopic(One, 1);
        Die(One);
        Assert.False(Two.Received<TopicEvent>()[^1].IsJoin);
        Assert.Null(Do(() => Topic().DescribeSessionAsync(One.Session(1))));
    }

    [Fact]
    public void One_that_lives_after_all_goes_on_with_what_it_states()
    {
        Enter(Two, "ann", Listening);
        var epoch = Enter(One, "bob", Staying).Stamp.Epoch;
        JoinTopic(One, 1);
        var member = new RoomMember(One.Session(1), new("bob"), null, [new("news")], []) { Presence = Staying };
        var check = new RouteCheck(One.Id, epoch, RoomRegistration.DigestOf([member]));
        Assert.True(Do(() => Room().CheckAsync(check)));
        Die(One);
        Assert.False(Do(() => Room().CheckAsync(check)));
        Leases.Dead.Clear();

        Accepted(Do(() => Room().RegisterAsync(new(One.Route(), [member]))));
        var session = new UserSession(One.Session(1), new("phone"), Clock.GetUtcNow() + TimeSpan.FromHours(1), [new("lobby")])
        {
            Timeout = Stay,
        };
        Accepted(Do(() => User("bob").RegisterAsync(new(One.Route(), [session]))));
        Advance(Stay * 2);

        Assert.True(Assert.Single(Two.Received<TopicEvent>()).IsJoin);
        Assert.Equal([PresenceChangeKind.Joined], Changes(Two));
        Assert.True(Do(() => Room().CheckAsync(check)));
    }

    /// <summary>What was on its way must not come behind what the client says over another gateway.</summary>
    [Fact]
    public void Nothing_is_taken_any_more_that_it_had_sent_before_it_died()
    {
        Enter(One, "bob", Staying);
        var epoch = Accepted(JoinTopic(One, 1)).Epoch;
        Accepted(Publish(One, 1, epoch));
        Die(One);
        Refused(ErrorCode.RouteStale, Publish(One, 1, epoch));
    }

    /// <summary>A message channel takes what it does not know the session of.</summary>
    [Fact]
    public void Nothing_is_taken_of_a_session_once_another_that_goes_on_for_it_has_published()
    {
        Assert.True(Say(One.Session(1), 5).IsAccepted);
        Assert.True(Say(Two.Session(7), 1, One.Session(1)).IsAccepted);
        Refused(ErrorCode.RouteStale, Say(One.Session(1), 6));
        Assert.True(Say(One.Session(2), 7).IsAccepted);
        Assert.True(Say(Two.Session(7), 2, One.Session(1)).IsAccepted);

        Outcome<MessagePublished> Say(SessionId session, long number, params SessionId[] over) =>
            Do(async () => await News.PublishAsync(
                new(await News.GetEpochAsync(), session, new("bob"), Text("hi"), null, number) { Over = [.. over] }));
    }

    [Fact]
    public void A_topic_waits_for_its_room_for_so_long_and_no_longer()
    {
        Join(One, "bob", 1);
        Accepted(Do(() => Topic().AddPublisherAsync(new(One.Route(), new(One.Session(9), new("bob"), Role())))));
        Die(One);
        Advance(TimeSpan.FromMinutes(5.9));
        Assert.NotNull(Do(() => Topic().DescribeSessionAsync(One.Session(9))));
        Advance(TimeSpan.FromSeconds(20));
        Assert.Null(Do(() => Topic().DescribeSessionAsync(One.Session(9))));
    }

    [Fact]
    public void Its_users_keep_their_locks_for_the_time_and_the_time_to_live()
    {
        Do(() => Data.SetLockAsync(new(new("door"), 10)));
        Accepted(Do(() => Data.AcquireLockAsync(
            new(One.Route(), One.Session(1), new("bob"), new("door"), false) { Timeout = Stay })));
        Die(One);
        Advance(Stay + TimeSpan.FromSeconds(3));
        Assert.Equal("bob", OwnerOfDoor());
        Advance(TimeSpan.FromSeconds(10));
        Assert.Null(OwnerOfDoor());
    }

    [Fact]
    public void The_grains_know_what_a_session_of_it_has()
    {
        Keep();
        Die(One);

        var recalled = Do(() => User("bob").RecallSessionAsync(Claim))!;
        Assert.True(recalled.IsAway);
        Assert.Equal(new ChannelName("lobby"), Assert.Single(recalled.Channels));
        Assert.Equal(new ChannelName("news"), Assert.Single(recalled.Subscriptions));
        Assert.Equal(Vault, Assert.Single(recalled.Record.Data));
        Assert.Equal("1", Assert.Single(Assert.Single(recalled.Record.States).Items).Value);
        var room = Do(() => Room().DescribeSessionAsync(Claim.Session))!;
        Assert.Equal((true, false), (room.Presence.WantsEvents, room.Presence.IsQuiet));
        var topic = Assert.Single(room.Topics);
        Assert.Equal(("news", Role(), "ann"), (topic.Name.Value, topic.Role, topic.Followed.Single().Value));
        var news = Do(() => News.DescribeSessionAsync(Claim.Session))!;
        Assert.Equal((ChannelFeeds.Messages, true), (news.Feeds, news.IsQuiet));
        var data = Do(() => Data.DescribeSessionAsync(Claim.Session))!;
        Assert.Equal((Vault.Type, Vault.Name, true, false), (data.Type, data.Name, data.Metadata, data.Locks));
        Assert.Equal("door", Assert.Single(data.Holding).Name.Value);
    }

    [Fact]
    public void Who_lives_is_not_away_and_without_the_secret_nobody_is_known()
    {
        Keep();
        Assert.False(Do(() => User("bob").RecallSessionAsync(Claim))!.IsAway);
        Assert.Null(Do(() => User("bob").RecallSessionAsync(Claim with { Secret = "another" })));
        Assert.Null(Do(() => User("bob").RecallSessionAsync(Claim with { Session = One.Session(2) })));
        Refused(ErrorCode.NotLogin, Do(() => User("bob").ReleaseSessionAsync(Claim with { Secret = "another" })));
        Assert.NotNull(Do(() => User("bob").RecallSessionAsync(Claim)));
    }

    [Fact]
    public void Grains_that_were_lost_too_know_nothing_rather_than_too_little()
    {
        Keep();
        Accepted(Do(() => Topic("other").AddPublisherAsync(new(Two.Route(), new(Two.Session(1), new("ann"), Role())))));
        Do(() => Topic().RemoveSessionAsync(Claim.Session)); // As if the topic had come back without it.
        Assert.Null(Do(() => Room().DescribeSessionAsync(Claim.Session)));
        var unheard = Grains.GetGrain<ISharedDataGrain>(GrainKey.SharedData(ChannelType.Message, "unheard"));
        Assert.Null(Do(() => unheard.DescribeSessionAsync(Claim.Session)));

        // One that has heard of its gateway knows that it has nothing.
        Do(() => unheard.WatchAsync(new(One.Route(), One.Session(2), new("cleo"), true, false)));
        Assert.False(Do(() => unheard.DescribeSessionAsync(Claim.Session))!.Metadata);
    }

    [Fact]
    public void A_session_that_goes_on_elsewhere_is_released_and_nobody_sees_it()
    {
        Enter(Two, "ann", Listening);
        Keep();
        JoinTopic(One, 1, "own");
        Die(One);
        var next = new UserSession(Two.Session(7), new("phone"), Clock.GetUtcNow() + TimeSpan.FromHours(1), [])
        {
            Replaces = Claim.Session,
            Timeout = Stay,
        };
        Accepted(Do(() => User("bob").ConnectAsync(new(Two.Route(), next))));
        Accepted(Do(() => User("bob").JoinChannelAsync(
            new(Two.Route(), Two.Route(), next.Id, new("lobby"), null) { Presence = Staying })));
        foreach (var topic in new[] { "news", "own" })
            Accepted(JoinTopic(Two, 7, topic));

        Accepted(Do(() => User("bob").ReleaseSessionAsync(Claim)));

        Refused(ErrorCode.NotLogin, Do(() => User("bob").ReleaseSessionAsync(Claim)));
        Advance(Stay * 2);
        Assert.Equal([true, true], Two.Received<TopicEvent>().Select(change => change.IsJoin));
        Assert.Equal([PresenceChangeKind.Joined], Changes(Two));
        Assert.Null(Do(() => Topic().DescribeSessionAsync(Claim.Session)));
        Assert.Empty(Do(() => Data.DescribeSessionAsync(Claim.Session))!.Holding);
    }

    [Fact]
    public void A_new_session_of_the_device_ends_one_that_is_away()
    {
        Enter(Two, "ann", Listening);
        Enter(One, "bob", Staying);
        JoinTopic(One, 1);
        Die(One);
        Accepted(Connect(Two, "bob", 2));
        Assert.False(Two.Received<TopicEvent>()[^1].IsJoin);
        Advance(TimeSpan.FromSeconds(5));
        Assert.Equal([PresenceChangeKind.Joined, PresenceChangeKind.Left], Changes(Two));
    }

    private static MemberPresence Staying => MemberPresence.Default with { Timeout = Stay };

    private static MemberPresence Listening => new(true, false, PresenceState.None) { Timeout = Stay };

    private void Die(FakeGateway gateway)
    {
        gateway.Answer = _ => Task.FromException<DeliveryAck>(new TimeoutException());
        Leases.Dead.Add(gateway.Id);
        Advance(TimeSpan.FromSeconds(5));
    }

    private RoomJoined Enter(FakeGateway gateway, string user, MemberPresence presence) => Enter(gateway, user, presence, Stay);

    private RoomJoined Enter(FakeGateway gateway, string user, MemberPresence presence, TimeSpan? timeout)
    {
        var session = new UserSession(gateway.Session(1), new("phone"), Clock.GetUtcNow() + TimeSpan.FromHours(1), [])
        {
            Timeout = timeout,
            Record = SessionRecord.Of(Secret),
        };
        Accepted(Do(() => User(user).ConnectAsync(new(gateway.Route(), session))));
        return Accepted(Do(() => User(user).JoinChannelAsync(
            new(gateway.Route(), gateway.Route(), session.Id, new("lobby"), null) { Presence = presence })));
    }

    /// <summary>Bob's session has something everywhere.</summary>
    private void Keep()
    {
        Enter(One, "bob", Listening);
        Accepted(JoinTopic(One, 1));
        Accepted(Subscribe(One, 1, "news", "ann"));
        Accepted(Do(() => User("bob").SubscribeChannelAsync(
            new(One.Route(), One.Route(), One.Session(1), new("news"), ChannelFeeds.Messages, null)
            {
                Presence = Staying with { IsQuiet = true },
            })));
        Do(() => Data.SetLockAsync(new(new("door"), 10)));
        Accepted(Do(() => Data.WatchAsync(new(One.Route(), One.Session(1), new("bob"), true, false) { Timeout = Stay })));
        Accepted(Do(() => Data.AcquireLockAsync(
            new(One.Route(), One.Session(1), new("bob"), new("door"), false) { Timeout = Stay })));
        Accepted(Do(() => User("bob").KeepSessionAsync(new(One.Route(), One.Session(1))
        {
            Added = Vault,
            Said = new(ChannelType.Stream, new("later"), [new StateItem("seat", "1")]),
        })));
    }

    private string? OwnerOfDoor() => Accepted(Do(() => Data.GetLocksAsync())).Locks.Single().Owner?.Value;

    private static PresenceChangeKind[] Changes(FakeGateway gateway) =>
        [.. gateway.Received<PresenceChanged>().Select(change => change.Kind)];
}
