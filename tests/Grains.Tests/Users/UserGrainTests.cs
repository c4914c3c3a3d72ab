using ImOrleans.Grains.Abstractions.Delivery;
using ImOrleans.Grains.Abstractions.MessageChannels;
using ImOrleans.Grains.Abstractions.Rooms;
using ImOrleans.Grains.Abstractions.Sessions;
using ImOrleans.Grains.Abstractions.Users;
using ImOrleans.Grains.Tests.Kit;

namespace ImOrleans.Grains.Tests.Users;

public sealed class UserGrainTests : GrainTest
{
    [Fact]
    public void A_connect_is_answered_with_the_activation_and_its_silo()
    {
        var stamp = Accepted(Connect(One, "bob", 1));

        Assert.True(stamp.Epoch > 0);
        Assert.Contains(stamp.Silo, Silos.Select(silo => silo.Address));
    }

    [Fact]
    public void An_older_session_of_a_device_is_told_on_its_gateway_and_leaves_its_channels()
    {
        Connect(One, "bob", 1);
        JoinChannel(One, "bob", 1);
        JoinTopic(One, 1);
        Connect(Two, "ann", 1);
        JoinChannel(Two, "ann", 1);

        Connect(Two, "bob", 2);

        var notice = Assert.Single(One.Received<SessionNotice>());
        Assert.Equal((One.Session(1), SessionNoticeKind.TakenOver), (notice.Session, notice.Kind));
        Assert.Empty(Two.Received<SessionNotice>());
        Assert.Equal([false], Two.Received<TopicEvent>().Select(change => change.IsJoin));
        Refused(ErrorCode.NotLogin, JoinChannel(One, "bob", 1));
    }

    [Fact]
    public void An_older_session_on_the_same_gateway_is_told_too()
    {
        Connect(One, "bob", 1);

        Connect(One, "bob", 2);

        Assert.Equal(One.Session(1), Assert.Single(One.Received<SessionNotice>()).Session);
        Accepted(JoinChannel(One, "bob", 2));
    }

    [Fact]
    public void A_session_is_asked_for_at_its_gateway_once_all_that_was_said_has_arrived_there()
    {
        Connect(One, "bob", 1);
        var claim = new SessionClaim(One.Session(1), "secret");
        Assert.NotNull(Do(() => User("bob").DescribeSessionAsync(claim)));
        Assert.Null(Do(() => User("bob").DescribeSessionAsync(claim with { Session = Two.Session(1) })));

        Send("bob");
        Assert.NotNull(Do(() => User("bob").TakeSessionAsync(new(claim, 0))));
        Assert.Equal(1, One.ItemsWhenTaken);
        Assert.Null(Do(() => User("bob").TakeSessionAsync(new(claim with { Session = Two.Session(1) }, 0))));
    }

    [Fact]
    public void Sessions_of_two_devices_stay()
    {
        Connect(One, "bob", 1, "phone");
        Connect(One, "bob", 2, "desk");

        Assert.Empty(One.Received<SessionNotice>());
    }

    [Fact]
    public void The_eleventh_device_is_refused_until_one_has_gone()
    {
        for (var device = 0; device < 10; device++)
            Accepted(Connect(device % 2 == 0 ? One : Two, "bob", device, $"device{device}"));
        Refused(ErrorCode.LoginRejected, Connect(One, "bob", 10, "device10"));
        Accepted(Connect(Two, "bob", 11, "device0"));
        Accepted(Do(() => User("bob").DisconnectAsync(new(Two.Route(), Two.Session(1)))));
        Accepted(Connect(One, "bob", 12, "device10"));
        Refused(ErrorCode.LoginRejected, Connect(One, "bob", 13, "device1"));
    }

    [Fact]
    public void A_token_is_warned_of_thirty_seconds_before_its_end_and_then_ends_the_session()
    {
        Connect(One, "bob", 1, life: TimeSpan.FromSeconds(60));
        JoinChannel(One, "bob", 1);
        JoinTopic(One, 1);
        Join(Two, "ann", 1);
        Advance(TimeSpan.FromSeconds(29.9));
        Assert.Empty(One.Received<SessionNotice>());

        Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal([SessionNoticeKind.TokenWillExpire], Kinds());
        Advance(TimeSpan.FromSeconds(29.9));
        Assert.Single(Kinds());
        Advance(TimeSpan.FromSeconds(0.1));

        Assert.Equal([SessionNoticeKind.TokenWillExpire, SessionNoticeKind.TokenExpired], Kinds());
        Assert.False(Assert.Single(Two.Received<TopicEvent>()).IsJoin);
        Refused(ErrorCode.NotLogin, Renew(1, TimeSpan.FromHours(1)));
    }

    [Fact]
    public void Renewing_moves_the_warning_and_the_end()
    {
        Connect(One, "bob", 1, life: TimeSpan.FromSeconds(60));
        Advance(TimeSpan.FromSeconds(40));
        Accepted(Renew(1, TimeSpan.FromSeconds(100)));
        Advance(TimeSpan.FromSeconds(69));
        Assert.Equal([SessionNoticeKind.TokenWillExpire], Kinds());

        Advance(TimeSpan.FromSeconds(1));
        Assert.Equal([SessionNoticeKind.TokenWillExpire, SessionNoticeKind.TokenWillExpire], Kinds());
        Advance(TimeSpan.FromSeconds(30));

        Assert.Equal(SessionNoticeKind.TokenExpired, Kinds()[^1]);
    }

    [Fact]
    public void A_channel_is_joined_once_and_left_once()
    {
        Connect(One, "bob", 1);
        Accepted(JoinChannel(One, "bob", 1));
        Refused(ErrorCode.ChannelJoinFailed, JoinChannel(One, "bob", 1));

        Accepted(LeaveChannel(1));

        Refused(ErrorCode.ChannelNotJoined, LeaveChannel(1));
        Accepted(JoinChannel(One, "bob", 1));
    }

    /// <summary>A client asks for many at once, and the cluster delivers the calls in any order.</summary>
    [Fact]
    public void Channels_are_joined_and_subscribed_to_in_any_order()
    {
        Connect(One, "bob", 1);
        var (first, second, third) = (One.Route(), One.Route(), One.Route());

        Accepted(Do(() => User("bob").JoinChannelAsync(new(third, third, One.Session(1), new("c"), null))));
        Accepted(Do(() => User("bob").SubscribeChannelAsync(
            new(second, second, One.Session(1), new("m"), ChannelFeeds.Messages, null))));
        Accepted(Do(() => User("bob").JoinChannelAsync(new(first, first, One.Session(1), new("d"), null))));

        Assert.Equal(["c", "d"], Do(() => User("bob").WhereNowAsync()).StreamChannels.Select(channel => channel.Value));
        Accepted(Do(() => User("bob").LeaveChannelAsync(new(One.Route(), One.Route(), One.Session(1), new("d")))));
    }

    [Fact]
    public void A_join_that_comes_after_the_session_has_ended_is_stale()
    {
        Connect(One, "bob", 1);
        var late = One.Route();
        Accepted(Do(() => User("bob").DisconnectAsync(new(One.Route(), One.Session(1)))));

        Refused(
            ErrorCode.RouteStale,
            Do(() => User("bob").JoinChannelAsync(new(late, late, One.Session(1), new("c"), null))));
    }

    [Fact]
    public void The_hundredth_channel_is_joined_and_the_next_is_not()
    {
        Connect(One, "bob", 1);
        for (var i = 1; i <= 100; i++)
            Accepted(JoinChannel(One, "bob", 1, $"c{i}"));

        Refused(ErrorCode.ChannelInstanceExceedLimitation, JoinChannel(One, "bob", 1, "c101"));
    }

    [Fact]
    public void A_session_that_disconnects_leaves_all_its_channels()
    {
        Connect(One, "bob", 1);
        foreach (var channel in new[] { "lobby", "hall" })
        {
            JoinChannel(One, "bob", 1, channel);
            JoinTopic(One, 1, channel: channel);
            Join(Two, "ann", 1, channel);
        }

        Accepted(Do(() => User("bob").DisconnectAsync(new(One.Route(), One.Session(1)))));

        Assert.Equal([false, false], Two.Received<TopicEvent>().Select(change => change.IsJoin));
        // Of a session that it does not know it cannot say whether all rooms were told.
        Refused(ErrorCode.NotLogin, Do(() => User("bob").DisconnectAsync(new(One.Route(), One.Session(1)))));
    }

    [Fact]
    public void A_message_to_a_user_who_is_not_there_is_refused()
    {
        Refused(ErrorCode.ChannelReceiverOffline, Send("bob"));
    }

    [Fact]
    public void A_message_reaches_every_gateway_with_a_session_and_is_answered_with_its_time()
    {
        Connect(One, "bob", 1, "phone");
        Connect(Two, "bob", 1, "desk");

        var sent = Accepted(Send("bob"));

        Assert.Equal(Clock.GetUtcNow().ToUnixTimeMilliseconds(), sent.SentAtUnixMs);
        foreach (var gateway in new[] { One, Two })
        {
            var message = Assert.Single(gateway.Received<UserMessage>());
            Assert.Equal((new UserId("ann"), sent.SentAtUnixMs), (message.Publisher, message.SentAtUnixMs));
        }
    }

    [Fact]
    public void A_message_that_no_session_took_was_sent_to_nobody()
    {
        Connect(One, "bob", 1);
        One.Answer = batch => Task.FromResult(FakeGateway.Ack(batch, 0));

        Refused(ErrorCode.ChannelReceiverOffline, Send("bob"));
    }

    [Fact]
    public void One_gateway_that_fails_does_not_hold_up_a_message_that_another_took()
    {
        Connect(One, "bob", 1, "phone");
        Connect(Two, "bob", 1, "desk");
        One.Answer = _ => Task.FromException<DeliveryAck>(new TimeoutException());

        Accepted(Send("bob"));
    }

    [Fact]
    public void When_no_gateway_answers_within_three_seconds_the_outcome_is_unknown()
    {
        Connect(One, "bob", 1);
        One.Answer = _ => Task.FromException<DeliveryAck>(new TimeoutException());

        var sending = Begin(() => SendAsync("bob"));
        Advance(TimeSpan.FromSeconds(2.9));
        Assert.False(sending.IsCompleted);
        Advance(TimeSpan.FromSeconds(0.1));

        Refused(ErrorCode.ChannelPublishMessageTimeout, Finish(sending));
    }

    [Fact]
    public void Messages_are_not_held_up_by_a_slow_join()
    {
        Connect(One, "bob", 1);
        var release = new TaskCompletionSource();
        Gate.Instead = async context =>
        {
            if (context.MethodName == nameof(IRoomGrain.JoinAsync))
                await release.Task;
            await context.Invoke();
        };
        var join = Begin(() => JoinAsync("bob"));
        Assert.False(join.IsCompleted);

        Accepted(Send("bob"));
        Do(release.SetResult);

        Accepted(Finish(join));
    }

    /// <summary>
    /// The room took the join and its answer was lost: the user has not joined, so the room must not count it, and the
    /// channel can be joined again.
    /// </summary>
    [Fact]
    public void A_join_whose_answer_was_lost_is_undone()
    {
        Connect(One, "bob", 1);
        Join(Two, "ann", 1);
        Gate.Instead = async context =>
        {
            await context.Invoke();
            if (context.MethodName == nameof(IRoomGrain.JoinAsync))
                throw new TimeoutException();
        };
        Assert.Throws<TimeoutException>(() => JoinChannel(One, "bob", 1));
        Gate.Instead = null;

        Refused(ErrorCode.ChannelNotJoined, JoinTopic(One, 1));
        Accepted(JoinChannel(One, "bob", 1));
    }

    [Fact]
    public void A_room_that_cannot_be_left_does_not_keep_a_session_from_ending()
    {
        Connect(One, "bob", 1);
        JoinChannel(One, "bob", 1);
        Gate.Instead = context => context.MethodName == nameof(IRoomGrain.LeaveAsync)
            ? Task.FromException(new TimeoutException())
            : context.Invoke();

        Refused(
            ErrorCode.ChannelNotAvailable, Do(() => User("bob").DisconnectAsync(new(One.Route(), One.Session(1)))));

        Refused(ErrorCode.ChannelReceiverOffline, Send("bob"));
    }

    [Fact]
    public void A_registration_ends_what_it_does_not_name()
    {
        Connect(One, "bob", 1);
        JoinChannel(One, "bob", 1);
        JoinTopic(One, 1);
        Join(Two, "ann", 1);

        Accepted(Do(() => User("bob").RegisterAsync(new(One.Route(), []))));

        Refused(ErrorCode.ChannelReceiverOffline, Send("bob"));
        Assert.False(Assert.Single(Two.Received<TopicEvent>()).IsJoin);
    }

    [Fact]
    public void A_login_stated_for_a_device_that_connected_elsewhere_is_told_that_it_was_taken_over()
    {
        Connect(Two, "bob", 1);
        var stated = new UserSession(One.Session(1), new("phone"), Clock.GetUtcNow() + TimeSpan.FromHours(1), []);

        Accepted(Do(() => User("bob").RegisterAsync(new(One.Route(), [stated]))));

        Assert.Equal(SessionNoticeKind.TakenOver, Assert.Single(One.Received<SessionNotice>()).Kind);
        Assert.Empty(Two.Received<SessionNotice>());
        Accepted(JoinChannel(Two, "bob", 1));
    }

    [Fact]
    public void A_call_that_a_newer_registration_overtook_is_stale()
    {
        Connect(One, "bob", 1);
        var late = One.Route();
        Accepted(Do(() => User("bob").RegisterAsync(new(One.Route(), []))));

        var outcome = Do(() => User("bob").JoinChannelAsync(
            new(late, One.Route(), One.Session(1), new("lobby"), null)));

        Refused(ErrorCode.RouteStale, outcome);
        Assert.Equal("u:3:bob", outcome.Refusal!.Message);
    }

    [Fact]
    public void A_connect_that_its_own_disconnect_overtook_is_stale()
    {
        Connect(One, "bob", 1, "desk");
        var late = One.Route();
        Refused(ErrorCode.NotLogin, Do(() => User("bob").DisconnectAsync(new(One.Route(), One.Session(2)))));
        var session = new UserSession(One.Session(2), new("phone"), Clock.GetUtcNow() + TimeSpan.FromHours(1), []);

        Refused(ErrorCode.RouteStale, Do(() => User("bob").ConnectAsync(new(late, session))));
    }

    [Fact]
    public void The_sessions_of_a_dead_gateway_are_dropped_and_leave_their_channels()
    {
        Connect(One, "bob", 1);
        JoinChannel(One, "bob", 1);
        JoinTopic(One, 1);
        Join(Two, "ann", 1);

        Leases.Dead.Add(One.Id);
        Advance(TimeSpan.FromSeconds(5));

        Refused(ErrorCode.ChannelReceiverOffline, Send("bob"));
        Assert.False(Assert.Single(Two.Received<TopicEvent>()).IsJoin);
    }

    [Fact]
    public void A_check_tells_whether_both_sides_hold_the_same()
    {
        var stamp = Accepted(Connect(One, "bob", 1));
        JoinChannel(One, "bob", 1);
        var session = new UserSession(One.Session(1), new("phone"), default, [new("lobby")]);

        Assert.True(Check(stamp.Epoch, session));
        Assert.False(Check(stamp.Epoch + 1, session));
        Assert.False(Check(stamp.Epoch, session with { Channels = [] }));
    }

    private SessionNoticeKind[] Kinds() => [.. One.Received<SessionNotice>().Select(notice => notice.Kind)];

    private bool Check(long epoch, UserSession session) =>
        Do(() => User("bob").CheckAsync(new(One.Id, epoch, UserRegistration.DigestOf([session]))));

    private Outcome<Done> Renew(long session, TimeSpan life) => Do(() => User("bob").RenewTokenAsync(
        new(One.Route(), One.Session(session), Clock.GetUtcNow() + life)));

    private Outcome<Done> LeaveChannel(long session) => Do(() => User("bob").LeaveChannelAsync(
        new(One.Route(), One.Route(), One.Session(session), new("lobby"))));

    private Outcome<UserMessageSent> Send(string user) => Do(() => SendAsync(user));

    private Task<Outcome<RoomJoined>> JoinAsync(string user) => User(user).JoinChannelAsync(
        new(One.Route(), One.Route(), One.Session(1), new("lobby"), null));

    private Task<Outcome<UserMessageSent>> SendAsync(string user) =>
        User(user).SendAsync(new(new("ann"), Text("hello")));
}
