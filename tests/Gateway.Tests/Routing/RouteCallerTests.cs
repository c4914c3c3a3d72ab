using ImOrleans.Domain.Errors;
using ImOrleans.Gateway.Tests.Doubles;
using ImOrleans.Grains.Abstractions.Rooms;
using ImOrleans.Grains.Abstractions.Topics;
using ImOrleans.Grains.Abstractions.Users;
using static ImOrleans.Gateway.Tests.Doubles.GatewayBench;

namespace ImOrleans.Gateway.Tests.Routing;

/// <summary>When a call is repeated, and what grains are told before it is.</summary>
public sealed class RouteCallerTests : IDisposable
{
    private readonly GatewayBench _bench = new();

    private FakeUserGrain Ann => _bench.Grains.User("ann");

    private FakeRoomGrain Room => _bench.Grains.Room(Lobby);

    private FakeTopicGrain Topic => _bench.Grains.Topic(Lobby, News);

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task The_first_call_names_no_activation_and_later_ones_that_of_the_answer()
    {
        Ann.Epoch = 7;
        var session = await _bench.ConnectAsync();
        await _bench.Channels.JoinAsync(session, new(Lobby), null).Guard();
        Assert.Equal(0, Assert.Single(Ann.Requests<ConnectRequest>()).Route.Epoch);
        Assert.Equal(7, Assert.Single(Ann.Requests<JoinChannelRequest>()).UserRoute.Epoch);
        Assert.Equal(0, Assert.Single(Ann.Requests<JoinChannelRequest>()).RoomRoute.Epoch);
    }

    [Fact]
    public async Task Generations_rise_with_every_call()
    {
        var session = await _bench.JoinAsync();
        await _bench.Channels.LeaveAsync(session, new(Lobby)).Guard();
        var join = Assert.Single(Ann.Requests<JoinChannelRequest>());
        var leave = Assert.Single(Ann.Requests<LeaveChannelRequest>());
        long[] generations =
        [
            Assert.Single(Ann.Requests<ConnectRequest>()).Route.Generation, join.UserRoute.Generation,
            join.RoomRoute.Generation, leave.UserRoute.Generation, leave.RoomRoute.Generation,
        ];
        Assert.Equal(generations.Order().Distinct(), generations);
    }

    [Fact]
    public async Task A_stale_call_is_repeated_after_both_grains_were_told_everything()
    {
        var session = await _bench.ConnectAsync();
        await _bench.JoinAsync("bob");
        Ann.Script("JoinChannel", ErrorCode.RouteStale);
        AssertAccepted(await _bench.Channels.JoinAsync(session, new(Lobby), null).Guard());
        Assert.Equal(2, Ann.CountOf("JoinChannel"));
        Assert.Equal(session.Id, Assert.Single(Assert.Single(Ann.Requests<UserRegistration>()).Sessions).Id);
        Assert.Equal("bob", Assert.Single(Assert.Single(Room.Requests<RoomRegistration>()).Members).User.Value);
        var repeated = Ann.Requests<JoinChannelRequest>()[1];
        Assert.True(repeated.RoomRoute.Generation > Room.Requests<RoomRegistration>()[0].Route.Generation);
        Assert.True(repeated.UserRoute.Generation > Ann.Requests<UserRegistration>()[0].Route.Generation);
    }

    [Fact]
    public async Task A_call_that_stays_stale_is_given_up_after_four_attempts()
    {
        var session = await _bench.ConnectAsync();
        Ann.Script("JoinChannel", [.. Enumerable.Repeat<object>(ErrorCode.RouteStale, 4)]);
        AssertRefused(ErrorCode.ChannelNotAvailable, await _bench.Channels.JoinAsync(session, new(Lobby), null).Guard());
        Assert.Equal(4, Ann.CountOf("JoinChannel"));
    }

    [Fact]
    public async Task A_refusal_is_passed_on_and_nothing_is_repeated_or_registered()
    {
        var session = await _bench.ConnectAsync();
        Ann.Script("JoinChannel", new Refusal(ErrorCode.ChannelJoinFailed, "full"));
        var outcome = await _bench.Channels.JoinAsync(session, new(Lobby), null).Guard();
        Assert.Equal(new Refusal(ErrorCode.ChannelJoinFailed, "full"), outcome.Refusal);
        Assert.Equal(1, Ann.CountOf("JoinChannel"));
        Assert.Empty(Ann.Requests<UserRegistration>());
        Assert.Null(_bench.RoomRoute());
    }

    [Fact]
    public async Task A_call_that_a_registration_overtook_is_repeated()
    {
        await _bench.JoinAsync("bob");
        var session = await _bench.ConnectAsync();
        Ann.Hold("JoinChannel");
        var joining = _bench.Channels.JoinAsync(session, new(Lobby), null);
        var first = await Ann.NextAsync("JoinChannel");
        _bench.Registrar.Invalidate(_bench.RoomRoute()!);
        await Room.NextAsync("Register");
        await _bench.NextSettledAsync();
        first.Reply(Room.Joined());
        var second = await Ann.NextAsync("JoinChannel");
        Assert.False(joining.IsCompleted);
        second.Reply(Room.Joined());
        AssertAccepted(await joining.Guard());
    }

    /// <summary>Each would make the other stale with one more registration, until both are given up.</summary>
    [Fact]
    public async Task A_call_that_a_registration_overtook_is_repeated_without_another_one()
    {
        var session = await _bench.ConnectAsync();
        Ann.Hold("JoinChannel");
        Ann.Hold("SubscribeChannel");
        var joining = _bench.Channels.JoinAsync(session, new(Lobby), null);
        var subscribing = _bench.MessageChannels.SubscribeAsync(session, new(News), default, null);
        (await Ann.NextAsync("JoinChannel")).Reply(ErrorCode.RouteStale);
        var join = await Ann.NextAsync("JoinChannel");
        (await Ann.NextAsync("SubscribeChannel")).Reply(_bench.Grains.MessageChannel(News).Subscribed());
        var subscribe = await Ann.NextAsync("SubscribeChannel");
        join.Reply(Room.Joined());
        subscribe.Reply(_bench.Grains.MessageChannel(News).Subscribed());
        AssertAccepted(await joining.Guard());
        AssertAccepted(await subscribing.Guard());
        Assert.Equal((2, 2), (Ann.CountOf("JoinChannel"), Ann.CountOf("SubscribeChannel")));
        var registration = Assert.Single(Ann.Requests<UserRegistration>());
        Assert.True(registration.Route.Generation < ((JoinChannelRequest)join.Request).UserRoute.Generation);
    }

    /// <summary>The registration names what was confirmed before it began; the grain takes it after a newer call no more.</summary>
    [Fact]
    public async Task No_call_is_newer_than_a_registration_that_is_under_way()
    {
        var session = await _bench.ConnectAsync();
        var bob = await _bench.JoinAsync("bob");
        Room.Hold("Register");
        _bench.Registrar.Invalidate(_bench.RoomRoute()!);
        var room = await Room.NextAsync("Register");
        var joining = _bench.Channels.JoinAsync(session, new(Lobby), null);
        var following = _bench.SubscribeAsync(bob, "pub");
        Ann.Hold("Register");
        _bench.Registrar.Invalidate(_bench.UserRoute("ann")!);
        var user = await Ann.NextAsync("Register");
        room.Reply(Room.Stamp);
        AssertAccepted(await following.Guard()); // It came after the other, and waited for nothing else.
        Assert.Equal(0, Ann.CountOf("JoinChannel"));
        user.Reply(Ann.Stamp);
        AssertAccepted(await joining.Guard());
        var join = Assert.Single(Ann.Requests<JoinChannelRequest>());
        Assert.True(join.UserRoute.Generation > ((UserRegistration)user.Request).Route.Generation);
    }

    [Fact]
    public async Task A_call_that_another_activation_answered_is_repeated()
    {
        await _bench.JoinAsync("bob");
        var session = await _bench.ConnectAsync();
        Ann.Script("JoinChannel", new RoomJoined(new(2, "silo-2", 0, 0), []));
        Room.Epoch = 2;
        AssertAccepted(await _bench.Channels.JoinAsync(session, new(Lobby), null).Guard());
        Assert.Equal(2, Ann.CountOf("JoinChannel"));
        Assert.Equal(2, _bench.RoomRoute()!.Epoch);
    }

    /// <summary>The room took this gateway for dead, and the rolling check has not found out yet.</summary>
    [Fact]
    public async Task A_room_that_has_forgotten_a_member_is_told_better_and_asked_again()
    {
        var session = await _bench.JoinAsync();
        Room.Script("SubscribeTopic", ErrorCode.ChannelNotJoined);
        AssertAccepted(await _bench.SubscribeAsync(session, "pub").Guard());
        Assert.Equal(session.Id, Assert.Single(Room.Requests<RoomRegistration>()[^1].Members).Session);
        Assert.Equal(2, Room.CountOf("SubscribeTopic"));
    }

    [Fact]
    public async Task A_topic_that_has_forgotten_whom_a_session_follows_is_told_so()
    {
        var session = await _bench.FollowAsync("ann", null, "a", "b");
        Room.Script("SubscribeTopic", new TopicSubscribed(new(1, "silo-1", 0, 0), [new("c")], [], 1));
        AssertAccepted(await _bench.SubscribeAsync(session, "c").Guard());
        var registration = (TopicRegistration)(await Topic.NextAsync("Register")).Request;
        Assert.Equal(["a", "b", "c"], Assert.Single(registration.Subscriptions).Users.Select(user => user.Value));
    }

    /// <summary>
    /// The registration names the session, and may arrive after the word of the room that it has left.
    /// </summary>
    [Fact]
    public async Task A_topic_whose_registration_was_under_way_when_a_session_left_is_registered_again()
    {
        await _bench.FollowAsync("bob", null, "pub");
        var session = await _bench.FollowAsync("ann", null, "pub");
        Topic.Hold("Register");
        _bench.Registrar.Invalidate(_bench.TopicRoute()!);
        var first = await Topic.NextAsync("Register");
        Assert.Equal(2, ((TopicRegistration)first.Request).Subscriptions.Length);
        AssertAccepted(await _bench.Channels.LeaveAsync(session, new(Lobby)).Guard());
        first.Reply(Topic.Stamp);
        await _bench.PassFirstPauseAsync();
        var second = (TopicRegistration)(await Topic.NextAsync("Register")).Request;
        Assert.Single(second.Subscriptions);
    }

    /// <summary>The user could not be reached, so its grain never told the room, which goes on counting the member.</summary>
    [Fact]
    public async Task A_leave_that_could_not_even_be_called_is_told_by_registrations()
    {
        var session = await _bench.JoinAsync("ann");
        Ann.Hold("Register");
        _bench.Registrar.Invalidate(_bench.UserRoute("ann")!);
        var first = await Ann.NextAsync("Register");
        var leaving = _bench.Channels.LeaveAsync(session, new(Lobby));
        _bench.Clock.Advance(TimeSpan.FromSeconds(5));
        AssertAccepted(await leaving.Guard());
        Assert.Equal(0, Ann.CountOf("LeaveChannel"));
        Assert.Empty(((RoomRegistration)(await Room.NextAsync("Register")).Request).Members);
        first.Reply(Ann.Stamp);
        await _bench.PassFirstPauseAsync();
        var second = (UserRegistration)(await Ann.NextAsync("Register")).Request;
        Assert.Empty(Assert.Single(second.Sessions).Channels);
    }

    [Fact]
    public async Task A_call_that_timed_out_is_not_repeated_and_its_effect_is_undone()
    {
        var session = await _bench.ConnectAsync();
        await _bench.JoinAsync("bob");
        Ann.Script("JoinChannel", new TimeoutException());
        AssertRefused(ErrorCode.ChannelNotAvailable, await _bench.Channels.JoinAsync(session, new(Lobby), null).Guard());
        Assert.Equal(1, Ann.CountOf("JoinChannel"));
        var registration = (RoomRegistration)(await Room.NextAsync("Register")).Request;
        Assert.Equal("bob", Assert.Single(registration.Members).User.Value);
        Assert.True(registration.Route.Generation > Ann.Requests<JoinChannelRequest>()[0].RoomRoute.Generation);
    }

    [Fact]
    public async Task A_call_to_a_lost_silo_is_repeated_after_a_registration()
    {
        var session = await _bench.ConnectAsync();
        Ann.Script("JoinChannel", new IOException("The silo is gone."));
        AssertAccepted(await _bench.Channels.JoinAsync(session, new(Lobby), null).Guard());
        Assert.Equal(2, Ann.CountOf("JoinChannel"));
        Assert.Single(Ann.Requests<UserRegistration>());
        Assert.Empty(Assert.Single(Room.Requests<RoomRegistration>()).Members);
    }

    [Fact]
    public async Task A_call_whose_grain_cannot_be_registered_with_is_refused_as_unreachable()
    {
        var session = await _bench.ConnectAsync();
        Ann.Script("JoinChannel", ErrorCode.RouteStale);
        Room.Script("Register", new TimeoutException(), new TimeoutException()); // The repair's, and the call's own.
        AssertRefused(ErrorCode.ChannelNotAvailable, await _bench.Channels.JoinAsync(session, new(Lobby), null).Guard());
        Assert.Equal(1, Ann.CountOf("JoinChannel"));
    }

    [Fact]
    public async Task A_call_that_takes_too_long_is_answered_in_time_and_its_late_answer_changes_nothing()
    {
        var session = await _bench.ConnectAsync();
        await _bench.Clock.NextTimerAsync(); // The end of the token.
        Ann.Hold("JoinChannel");
        var joining = _bench.Channels.JoinAsync(session, new(Lobby), null);
        var call = await Ann.NextAsync("JoinChannel");
        Assert.Equal(TimeSpan.FromSeconds(4.5), await _bench.Clock.NextTimerAsync());
        _bench.Clock.Advance(TimeSpan.FromSeconds(4.5));
        AssertRefused(ErrorCode.ChannelNotAvailable, await joining.Guard());
        await Task.WhenAll(_bench.NextSettledAsync(), _bench.NextSettledAsync());
        call.Reply(Room.Joined());
        Assert.Empty(Room.Requests<RoomRegistration>()[^1].Members);
        Assert.Null(_bench.RoomRoute());
    }

    [Fact]
    public async Task The_time_that_one_attempt_took_is_missing_for_the_next()
    {
        var session = await _bench.ConnectAsync();
        await _bench.Clock.NextTimerAsync();
        Ann.Hold("JoinChannel");
        var joining = _bench.Channels.JoinAsync(session, new(Lobby), null);
        var first = await Ann.NextAsync("JoinChannel");
        await _bench.Clock.NextTimerAsync();
        _bench.Clock.Advance(TimeSpan.FromSeconds(3));
        first.Reply(ErrorCode.RouteStale);
        await Ann.NextAsync("JoinChannel");
        Assert.Equal(TimeSpan.FromSeconds(1.5), await _bench.Clock.NextTimerAsync());
        _bench.Clock.Advance(TimeSpan.FromSeconds(1.5));
        AssertRefused(ErrorCode.ChannelNotAvailable, await joining.Guard());
    }

    [Fact]
    public async Task A_publish_that_takes_too_long_is_answered_in_time_as_unknown()
    {
        var session = await _bench.JoinAsync();
        await _bench.JoinTopicAsync(session).Guard();
        await _bench.Clock.NextTimerAsync();
        Topic.Hold("Publish");
        var publishing = _bench.PublishAsync(session, "slow");
        await Topic.NextAsync("Publish");
        _bench.Clock.Advance(await _bench.Clock.NextTimerAsync());
        AssertRefused(ErrorCode.ChannelPublishMessageTimeout, await publishing.Guard());
        Assert.Equal(1, Topic.CountOf("Publish"));
    }

    [Fact]
    public async Task A_publish_with_an_unknown_outcome_is_never_repeated()
    {
        var session = await _bench.JoinAsync();
        await _bench.JoinTopicAsync(session).Guard();
        foreach (var failure in new Exception[] { new TimeoutException(), new IOException("The silo is gone.") })
        {
            Topic.Script("Publish", failure);
            AssertRefused(
                ErrorCode.ChannelPublishMessageTimeout, await _bench.PublishAsync(session, "once").Guard());
        }

        Assert.Equal(2, Topic.CountOf("Publish"));
    }

    [Fact]
    public async Task A_publish_that_a_new_activation_turned_away_is_repeated_after_the_registration()
    {
        var session = await _bench.JoinAsync();
        await _bench.JoinTopicAsync(session).Guard();
        Topic.Script("Publish", ErrorCode.RouteStale);
        Topic.Epoch = 2;
        AssertAccepted(await _bench.PublishAsync(session, "again").Guard());
        var (first, second) = (Topic.Requests<PublishTopicRequest>()[0], Topic.Requests<PublishTopicRequest>()[1]);
        Assert.Equal((1, 2), (first.Epoch, second.Epoch));
        Assert.True(first.Number < second.Number);
        Assert.Equal(session.Id, Assert.Single(Topic.Requests<TopicRegistration>()[0].Publishers).Session);
    }

    [Fact]
    public async Task A_publish_of_a_role_that_the_topic_lost_is_repeated_after_the_registration()
    {
        var session = await _bench.JoinAsync();
        await _bench.JoinTopicAsync(session).Guard();
        Topic.Script("Publish", ErrorCode.ChannelTopicNotJoined);
        AssertAccepted(await _bench.PublishAsync(session, "again").Guard());
        Assert.Equal(2, Topic.CountOf("Publish"));
    }

    [Fact]
    public async Task A_publish_that_stays_stale_is_refused_with_a_code_that_clients_know()
    {
        var session = await _bench.JoinAsync();
        await _bench.JoinTopicAsync(session).Guard();
        Topic.Script("Publish", [.. Enumerable.Repeat<object>(ErrorCode.RouteStale, 3)]);
        AssertRefused(ErrorCode.ChannelNotAvailable, await _bench.PublishAsync(session, "never").Guard());
        Assert.Equal(3, Topic.CountOf("Publish"));
    }

    [Fact]
    public async Task Without_the_role_a_publish_is_refused_before_any_grain_is_asked()
    {
        var session = await _bench.ConnectAsync();
        AssertRefused(ErrorCode.ChannelNotJoined, await _bench.PublishAsync(session, "no").Guard());
        await _bench.Channels.JoinAsync(session, new(Lobby), null).Guard();
        AssertRefused(ErrorCode.ChannelTopicNotJoined, await _bench.PublishAsync(session, "no").Guard());
        Assert.Empty(Topic.Calls);
        Assert.Null(_bench.TopicRoute());
    }

    [Fact]
    public async Task Calls_for_a_topic_are_refused_outside_of_the_channel()
    {
        var session = await _bench.ConnectAsync();
        AssertRefused(ErrorCode.ChannelNotJoined, await _bench.JoinTopicAsync(session).Guard());
        AssertRefused(ErrorCode.ChannelNotJoined, await _bench.SubscribeAsync(session, "pub").Guard());
        AssertRefused(
            ErrorCode.ChannelNotJoined, await _bench.Topics.LeaveAsync(session, new(Lobby), new(News)).Guard());
        AssertRefused(
            ErrorCode.ChannelNotJoined,
            await _bench.Topics.UnsubscribeAsync(session, new(Lobby), new(News), []).Guard());
        AssertRefused(
            ErrorCode.ChannelNotJoined,
            await _bench.Topics.GetSubscribedUsersAsync(session, new(Lobby), new(News)).Guard());
        Assert.Empty(Room.Calls);
        Assert.Equal(1, _bench.Routes.Count);
    }

    [Fact]
    public async Task A_user_message_with_an_unknown_outcome_is_never_repeated()
    {
        var session = await _bench.ConnectAsync();
        var bob = _bench.Grains.User("bob");
        bob.Script("Send", new TimeoutException(), ErrorCode.ChannelReceiverOffline);
        AssertRefused(
            ErrorCode.ChannelPublishMessageTimeout, await _bench.Users.SendAsync(session, new("bob"), Text("hi")).Guard());
        AssertRefused(
            ErrorCode.ChannelReceiverOffline, await _bench.Users.SendAsync(session, new("bob"), Text("hi")).Guard());
        Assert.Equal(2, bob.CountOf("Send"));
    }

    /// <summary>Row R12: a client gives up after 5 s, so the answer comes half a second before.</summary>
    [Fact]
    public async Task A_grain_that_never_answers_is_answered_for_before_five_seconds_are_over()
    {
        var session = await _bench.JoinAsync();
        Room.Hold("JoinTopic");
        var joining = _bench.JoinTopicAsync(session);
        await Room.NextAsync("JoinTopic");
        _bench.Clock.Advance(TimeSpan.FromSeconds(4.4));
        Assert.False(joining.IsCompleted);
        _bench.Clock.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal(ErrorCode.ChannelNotAvailable, (await joining.Guard()).Refusal?.Code);
    }

    [Fact]
    public async Task A_publish_that_is_never_confirmed_is_answered_in_time_as_unknown()
    {
        var session = await _bench.JoinAsync();
        await _bench.JoinTopicAsync(session).Guard();
        Topic.Hold("Publish");
        var publishing = _bench.PublishAsync(session, "hi");
        await Topic.NextAsync("Publish");
        _bench.Clock.Advance(TimeSpan.FromSeconds(4.5));
        Assert.Equal(ErrorCode.ChannelPublishMessageTimeout, (await publishing.Guard()).Refusal?.Code);
        Assert.Equal(1, Topic.CountOf("Publish"));
    }
}
