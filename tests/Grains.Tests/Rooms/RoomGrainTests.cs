using ImOrleans.Grains.Abstractions.Delivery;
using ImOrleans.Grains.Abstractions.Rooms;
using ImOrleans.Grains.Abstractions.Topics;
using ImOrleans.Grains.Rooms;
using ImOrleans.Grains.Tests.Kit;
using Microsoft.Extensions.DependencyInjection;

namespace ImOrleans.Grains.Tests.Rooms;

public sealed class RoomGrainTests : GrainTest
{
    [Fact]
    public void Who_joins_gets_the_publishers_in_order_and_the_position_they_stand_for()
    {
        Join(One, "ann", 1);
        Join(One, "bob", 2);
        JoinTopic(One, 2);
        JoinTopic(One, 1);

        var joined = Accepted(Join(Two, "cleo", 1));

        var topic = Assert.Single(joined.Topics);
        Assert.Equal(["bob", "ann"], topic.Users.Select(user => user.Value));
        Assert.Equal(2, joined.Stamp.Position);
        Assert.Empty(Two.Received<TopicEvent>());
    }

    [Fact]
    public void All_members_hear_of_a_publisher_the_joiner_included()
    {
        Join(One, "ann", 1);
        Join(Two, "bob", 1);

        Accepted(JoinTopic(One, 1));

        foreach (var gateway in new[] { One, Two })
        {
            var change = Assert.Single(gateway.Received<TopicEvent>());
            Assert.Equal(
                (1L, true, new TopicName("news"), new UserId("ann")),
                (change.Sequence, change.IsJoin, change.Topic, change.User));
        }
    }

    [Fact]
    public void Members_hear_of_a_user_not_of_each_of_its_sessions()
    {
        Join(One, "ann", 1);
        Join(Two, "ann", 1);
        Accepted(JoinTopic(One, 1));
        Accepted(JoinTopic(Two, 1));
        Accepted(LeaveTopic(One, 1));
        Accepted(LeaveTopic(Two, 1));

        Assert.Equal([true, false], One.Received<TopicEvent>().Select(change => change.IsJoin));
    }

    [Fact]
    public void Who_leaves_ends_its_roles_and_the_others_hear_of_it()
    {
        Join(One, "ann", 1);
        Join(Two, "bob", 1);
        var topic = Accepted(JoinTopic(One, 1));
        Subscribe(Two, 1, "news", "ann");

        Accepted(Leave(One, 1));

        Assert.Equal([true, false], Two.Received<TopicEvent>().Select(change => change.IsJoin));
        Assert.Single(One.Received<TopicEvent>());
        Refused(ErrorCode.ChannelTopicNotJoined, Publish(One, 1, topic.Epoch));
        Refused(ErrorCode.ChannelNotJoined, Leave(One, 1));
    }

    [Fact]
    public void What_a_member_may_not_do_is_refused_with_its_code()
    {
        Refused(ErrorCode.ChannelNotJoined, JoinTopic(One, 1));
        Refused(ErrorCode.ChannelNotJoined, Subscribe(One, 1));
        Refused(ErrorCode.ChannelNotJoined, Unsubscribe(One, 1));
        Refused(ErrorCode.ChannelNotJoined, SubscribedUsers(One, 1));
        Join(One, "ann", 1);
        Refused(ErrorCode.ChannelJoinFailed, Join(One, "ann", 1));
        Refused(ErrorCode.ChannelTopicNotJoined, LeaveTopic(One, 1));
        Refused(ErrorCode.ChannelTopicNotSubscribed, Unsubscribe(One, 1));
        Accepted(JoinTopic(One, 1));

        Refused(ErrorCode.ChannelJoinTopicFailed, JoinTopic(One, 1));
    }

    [Fact]
    public void The_ninth_topic_is_refused_until_one_is_left()
    {
        Join(One, "ann", 1);
        for (var i = 1; i <= 8; i++)
            Accepted(JoinTopic(One, 1, $"t{i}"));
        Refused(ErrorCode.ChannelExceedTopicLimitation, JoinTopic(One, 1, "t9"));
        Accepted(LeaveTopic(One, 1, "t1"));

        Accepted(JoinTopic(One, 1, "t9"));
    }

    [Fact]
    public void A_full_channel_names_its_limit()
    {
        Join(One, "ann", 1);
        Join(One, "bob", 2);
        Join(One, "cleo", 3);

        var refused = Join(One, "dora", 4);

        Refused(ErrorCode.ChannelJoinFailed, refused);
        Assert.Contains("3 users", refused.Refusal!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Whom_a_session_follows_can_be_asked_for_and_ended()
    {
        Join(One, "ann", 1);
        Assert.Empty(Accepted(SubscribedUsers(One, 1)).Users);
        Accepted(Subscribe(One, 1, "news", "bob", "cleo"));
        Assert.Equal(["bob", "cleo"], Accepted(SubscribedUsers(One, 1)).Users.Select(user => user.Value));

        Accepted(Unsubscribe(One, 1, "bob"));
        Assert.Equal(["cleo"], Accepted(SubscribedUsers(One, 1)).Users.Select(user => user.Value));
        Accepted(Unsubscribe(One, 1));

        Refused(ErrorCode.ChannelTopicNotSubscribed, Unsubscribe(One, 1));
    }

    [Fact]
    public void Following_all_where_nobody_publishes_is_accepted_and_follows_nobody()
    {
        Join(One, "ann", 1);

        Assert.Equal(0, Accepted(Subscribe(One, 1)).FollowedCount);

        Refused(ErrorCode.ChannelTopicNotSubscribed, Unsubscribe(One, 1));
    }

    [Fact]
    public void A_topic_that_finds_the_route_stale_has_its_answer_passed_on()
    {
        Join(One, "ann", 1);

        var outcome = Do(() => Room().JoinTopicAsync(new(
            One.Route(), One.Route(epoch: 99), One.Session(1), new("news"), Role())));

        Refused(ErrorCode.RouteStale, outcome);
        Assert.Equal("t:5:lobby4:news", outcome.Refusal!.Message);
        Assert.Empty(One.Received<TopicEvent>());
    }

    [Fact]
    public void A_room_that_knows_the_gateway_but_not_the_session_says_not_joined()
    {
        var stamp = Accepted(Join(One, "ann", 1)).Stamp;

        var outcome = Do(() => Room().JoinTopicAsync(new(
            One.Route(stamp.Epoch), One.Route(), One.Session(2), new("news"), Role())));

        Refused(ErrorCode.ChannelNotJoined, outcome);
    }

    /// <summary>A client asks for many topics at once, and the cluster delivers the calls in any order.</summary>
    [Fact]
    public void Topics_are_joined_and_followed_in_any_order()
    {
        Join(One, "ann", 1);
        var (first, second, third) = (One.Route(), One.Route(), One.Route());

        Accepted(Do(() => Room().JoinTopicAsync(new(third, third, One.Session(1), new("c"), Role()))));
        Accepted(Do(() => Room().SubscribeTopicAsync(new(second, second, One.Session(1), new("b"), [new("pub")]))));
        Accepted(Do(() => Room().JoinTopicAsync(new(first, first, One.Session(1), new("a"), Role()))));
    }

    [Fact]
    public void A_join_that_its_own_leave_overtook_is_stale()
    {
        Join(One, "ann", 1);
        var late = One.Route();
        Refused(ErrorCode.ChannelNotJoined, Leave(One, 2));

        Refused(ErrorCode.RouteStale, Do(() => Room().JoinAsync(new(late, One.Session(2), new("bob"), null))));
    }

    [Fact]
    public void A_channel_token_is_warned_of_and_then_ends_the_membership()
    {
        Join(One, "ann", 1, expiresAt: Clock.GetUtcNow() + TimeSpan.FromSeconds(40));
        Join(Two, "bob", 1);
        JoinTopic(One, 1);

        Advance(TimeSpan.FromSeconds(10));
        Assert.Equal([SessionNoticeKind.TokenWillExpire], Kinds());
        Advance(TimeSpan.FromSeconds(30));

        Assert.Equal([SessionNoticeKind.TokenWillExpire, SessionNoticeKind.TokenExpired], Kinds());
        Assert.Equal([true, false], Two.Received<TopicEvent>().Select(change => change.IsJoin));
        Refused(ErrorCode.ChannelNotJoined, JoinTopic(One, 1));
    }

    [Fact]
    public void A_renewed_channel_token_lasts_longer()
    {
        Join(One, "ann", 1, expiresAt: Clock.GetUtcNow() + TimeSpan.FromSeconds(40));
        Accepted(Do(() => Room().RenewTokenAsync(
            new(One.Route(), One.Session(1), Clock.GetUtcNow() + TimeSpan.FromSeconds(100)))));

        Advance(TimeSpan.FromSeconds(69));

        Assert.Empty(Kinds());
    }

    [Fact]
    public void The_members_of_a_dead_gateway_leave()
    {
        Join(One, "ann", 1);
        Join(Two, "bob", 1);
        JoinTopic(One, 1);

        Leases.Dead.Add(One.Id);
        Advance(TimeSpan.FromSeconds(5));

        Assert.Equal([true, false], Two.Received<TopicEvent>().Select(change => change.IsJoin));
    }

    [Fact]
    public void The_members_of_a_gateway_that_does_not_know_the_route_leave()
    {
        Join(One, "ann", 1);
        Join(Two, "bob", 1);
        JoinTopic(Two, 1);
        One.Answer = _ => Task.FromResult(DeliveryAck.Unknown);

        JoinTopic(Two, 1, "sports");
        Advance(TimeSpan.Zero);

        Refused(ErrorCode.ChannelNotJoined, JoinTopic(One, 1));
        Assert.Equal(2, Two.Received<TopicEvent>().Length);
    }

    /// <summary>The room gave the gateway up, and its members could not hear what happened until it was back.</summary>
    [Fact]
    public void A_gateway_that_was_given_up_hears_at_its_return_where_things_stand()
    {
        Join(One, "ann", 1);
        Join(Two, "bob", 1);
        Advance(TimeSpan.FromSeconds(20));
        Leases.Dead.Add(One.Id);
        Advance(TimeSpan.FromSeconds(5));
        Accepted(JoinTopic(Two, 1));
        Leases.Dead.Clear();

        Register(One, new RoomMember(One.Session(1), new("ann"), null, [], []));
        Register(Two, new RoomMember(Two.Session(1), new("bob"), null, [new("news")], []));

        Assert.Empty(One.Received<TopicEvent>());
        Assert.Equal(["bob"], Assert.Single(Assert.Single(One.Received<TopicSnapshot>()).Topics).Users.Select(user => user.Value));
        Assert.Empty(Two.Received<TopicSnapshot>());
    }

    /// <summary>The user grain took it out, and another session of its gateway joined before the gateway stated it anew.</summary>
    [Fact]
    public void A_member_that_is_stated_anew_beside_others_hears_where_things_stand()
    {
        Join(One, "ann", 1);
        Join(Two, "bob", 1);
        Accepted(Do(() => Room().LeaveAsync(new(null, One.Session(1)))));
        Accepted(JoinTopic(Two, 1));
        Join(One, "cleo", 2);

        Register(
            One,
            new RoomMember(One.Session(1), new("ann"), null, [], []),
            new RoomMember(One.Session(2), new("cleo"), null, [], []));

        Assert.Empty(One.Received<TopicEvent>());
        Assert.Equal(["bob"], Assert.Single(Assert.Single(One.Received<TopicSnapshot>()).Topics).Users.Select(user => user.Value));
    }

    /// <summary>Who left is told so, for its gateway to state anew what it has in the topics.</summary>
    [Fact]
    public void A_leave_that_a_topic_could_not_be_told_of_says_so()
    {
        Join(One, "ann", 1);
        JoinTopic(One, 1);
        Gate.Instead = context => context.MethodName == nameof(ITopicGrain.RemoveSessionAsync)
            ? Task.FromException(new TimeoutException())
            : context.Invoke();

        Refused(ErrorCode.ChannelNotAvailable, Leave(One, 1));

        Refused(ErrorCode.ChannelNotJoined, Leave(One, 1));
    }

    [Fact]
    public void A_registration_at_a_room_that_lives_tells_others_what_changed()
    {
        Join(One, "ann", 1);
        Join(Two, "bob", 1);
        JoinTopic(One, 1);

        Register(One, new RoomMember(One.Session(1), new("ann"), null, [new("sports")], []));

        Assert.Equal(
            [(true, "news"), (true, "sports"), (false, "news")],
            Two.Received<TopicEvent>().Select(change => (change.IsJoin, change.Topic.Value)));
    }

    [Fact]
    public void A_room_that_came_back_stays_silent_and_then_tells_all_where_things_stand()
    {
        Register(One, new RoomMember(One.Session(1), new("ann"), null, [new("news")], []));
        Advance(TimeSpan.FromSeconds(8));
        Register(Two, new RoomMember(Two.Session(1), new("bob"), null, [new("news")], []));
        Advance(TimeSpan.FromSeconds(6.9));
        Assert.Empty(One.Batches);
        Assert.Empty(Two.Batches);

        Advance(TimeSpan.FromSeconds(0.1));

        foreach (var gateway in new[] { One, Two })
        {
            var snapshot = Assert.Single(gateway.Received<TopicSnapshot>());
            Assert.Equal(["ann", "bob"], Assert.Single(snapshot.Topics).Users.Select(user => user.Value));
            Assert.Empty(gateway.Received<TopicEvent>());
        }

        Advance(TimeSpan.FromSeconds(60));
        Assert.Single(One.Received<TopicSnapshot>());
    }

    [Fact]
    public void A_room_that_is_joined_first_sends_no_snapshot_event()
    {
        Join(One, "ann", 1);
        Advance(TimeSpan.FromSeconds(60));

        Assert.Empty(One.Batches);
    }

    [Fact]
    public void A_check_tells_whether_both_sides_hold_the_same()
    {
        var stamp = Accepted(Join(One, "ann", 1)).Stamp;
        JoinTopic(One, 1);
        Subscribe(One, 1, "sports", "bob");
        var member = new RoomMember(One.Session(1), new("ann"), null, [new("news")], [new("sports")]);

        Assert.True(Check(stamp.Epoch, member));
        Assert.False(Check(stamp.Epoch, member with { PublishedTopics = [] }));
        Assert.False(Check(stamp.Epoch + 1, member));
    }

    protected override void Configure(IServiceCollection services)
    {
        base.Configure(services);
        services.Configure<RoomOptions>(options => options.MembersMax = 3);
    }

    private SessionNoticeKind[] Kinds() => [.. One.Received<SessionNotice>().Select(notice => notice.Kind)];

    private bool Check(long epoch, RoomMember member) =>
        Do(() => Room().CheckAsync(new(One.Id, epoch, RoomRegistration.DigestOf([member]))));

    private void Register(FakeGateway gateway, params RoomMember[] members) =>
        Accepted(Do(() => Room().RegisterAsync(new(gateway.Route(), [.. members]))));

    private Outcome<Done> Unsubscribe(FakeGateway gateway, long session, params string[] users) =>
        Do(() => Room().UnsubscribeTopicAsync(new(
            gateway.Route(),
            gateway.Route(),
            gateway.Session(session),
            new("news"),
            [.. users.Select(user => new UserId(user))])));

    private Outcome<Grains.Abstractions.Topics.SubscribedUsers> SubscribedUsers(FakeGateway gateway, long session) =>
        Do(() => Room().GetSubscribedUsersAsync(new(
            gateway.Route(), gateway.Route(), gateway.Session(session), new("news"))));
}
