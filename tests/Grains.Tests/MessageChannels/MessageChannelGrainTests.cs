using ImOrleans.Domain.Messages;
using ImOrleans.Grains.Abstractions.Delivery;
using ImOrleans.Grains.Abstractions.MessageChannels;
using ImOrleans.Grains.Tests.Kit;

namespace ImOrleans.Grains.Tests.MessageChannels;

public sealed class MessageChannelGrainTests : MessageChannelTest
{
    [Fact]
    public void A_message_goes_once_to_each_gateway_that_wants_messages_and_to_no_other()
    {
        var three = Gateway("g3");
        Accepted(Listen(One, 1));
        Accepted(Listen(One, 2));
        Accepted(Listen(Two, 1, ChannelFeeds.Presence | ChannelFeeds.Metadata | ChannelFeeds.Locks));

        var published = Say("hi", user: "bob");

        var message = Assert.Single(One.Received<ChannelMessage>());
        Assert.Equal(
            (published.Position.Offset, new UserId("bob"), published.SentAtUnixMs, MessagePriority.Normal),
            (message.Offset, message.Publisher, message.SentAtUnixMs, message.Priority));
        Assert.Empty(Two.Batches);
        Assert.Empty(three.Batches);
    }

    [Fact]
    public void How_urgent_a_message_is_is_told_and_makes_it_less_likely_to_be_dropped()
    {
        Accepted(Listen(One, 1));
        Accepted(TrySay("now", One.NextNumber(), level: MessageLevel.Important));

        var message = Assert.Single(One.Received<ChannelMessage>());
        Assert.Equal((MessageLevel.Important, MessagePriority.High), (message.Level, message.Priority));
    }

    [Fact]
    public void Subscribers_are_counted_over_all_gateways()
    {
        Assert.Equal(0, Count());
        Accepted(Listen(One, 1));
        Accepted(Listen(One, 1));
        Accepted(Listen(One, 2));
        Accepted(Listen(Two, 1, ChannelFeeds.Presence));
        Assert.Equal(3, Count());

        Accepted(Unsubscribe(One, 2));
        Assert.Equal(2, Count());
        int Count() => Do(() => Channel().CountSubscribersAsync());
    }

    [Fact]
    public void Offsets_have_no_gaps_and_messages_come_in_their_order()
    {
        var epoch = Accepted(Listen(One, 1)).Position.Epoch;

        var published = Enumerable.Range(1, 20).Select(i => Say($"{i}").Position).ToArray();

        Assert.Equal(Enumerable.Range(1, 20).Select(i => new MessagePosition(epoch, i)), published);
        Assert.Equal(Enumerable.Range(1, 20).Select(i => (long)i), One.Received<ChannelMessage>().Select(m => m.Offset));
        Assert.Equal(Enumerable.Range(1, 20).Select(i => $"{i}"), Texts(One.Received<ChannelMessage>()));
    }

    [Fact]
    public void Who_subscribes_hears_what_comes_after_its_position_until_it_unsubscribes()
    {
        Say("before");
        var subscribed = Accepted(Listen(One, 1));
        Assert.Equal((1, (bool?)null), (subscribed.Position.Offset, subscribed.IsRecovered));
        Assert.Empty(subscribed.Missed);

        Say("while");
        Accepted(Unsubscribe(One, 1));
        Say("after");

        Assert.Equal(["while"], Texts(One.Received<ChannelMessage>()));
        Refused(ErrorCode.ChannelNotSubscribed, Unsubscribe(One, 1));
    }

    [Fact]
    public void Subscribing_again_replaces_what_is_heard()
    {
        Accepted(Listen(One, 1));
        Accepted(Listen(One, 1, ChannelFeeds.Locks));
        Say("not heard");
        Accepted(Listen(One, 1, ChannelFeeds.Locks | ChannelFeeds.Messages));
        Say("heard");

        Assert.Equal(["heard"], Texts(One.Received<ChannelMessage>()));
    }

    [Fact]
    public void Who_comes_back_gets_the_whole_gap_and_then_what_is_new()
    {
        var left = Accepted(Listen(One, 1)).Position;
        Accepted(Unsubscribe(One, 1));
        Say("a");
        Say("b");

        var back = Accepted(Listen(Two, 1, since: left));
        Say("c");

        Assert.True(back.IsRecovered);
        Assert.Equal(["a", "b"], Texts(back.Missed));
        Assert.Equal(new MessagePosition(left.Epoch, 2), back.Position);
        Assert.Equal(["c"], Texts(Two.Received<ChannelMessage>()));
        Assert.All(Two.Received<ChannelMessage>(), message => Assert.True(message.Sequence > back.Stamp.Position));
    }

    [Fact]
    public void Who_missed_nothing_is_told_so()
    {
        var position = Say("a").Position;

        var back = Accepted(Listen(One, 1, since: position));

        Assert.True(back.IsRecovered);
        Assert.Empty(back.Missed);
    }

    [Theory]
    [InlineData(1, 0)] // Another epoch.
    [InlineData(0, 2)] // Ahead of the channel.
    [InlineData(0, -2)]
    public void A_position_of_another_time_is_not_recovered(int epochs, int offsets)
    {
        var position = Say("a").Position;

        var back = Accepted(Listen(One, 1, since: new(position.Epoch + epochs, position.Offset + offsets)));

        Assert.False(back.IsRecovered);
        Assert.Empty(back.Missed);
        Assert.Equal(position, back.Position);
        Say("b");
        Assert.Equal(["b"], Texts(One.Received<ChannelMessage>()));
    }

    [Fact]
    public void A_gap_of_which_a_part_is_too_old_is_not_recovered()
    {
        var start = Accepted(Listen(One, 1)).Position;
        var first = Say("a").Position;
        Advance(TimeSpan.FromMinutes(1));
        Say("b");
        Advance(TimeSpan.FromMinutes(4));
        Assert.Equal(["a", "b"], Texts(Accepted(Listen(One, 1, since: start)).Missed));

        Advance(TimeSpan.FromMilliseconds(1));

        var late = Accepted(Listen(One, 1, since: start));
        Assert.False(late.IsRecovered);
        Assert.Empty(late.Missed);
        Assert.Equal(["b"], Texts(Accepted(Listen(One, 1, since: first)).Missed));
    }

    [Fact]
    public void Who_does_not_listen_to_messages_gets_none_back()
    {
        var start = Accepted(Listen(One, 1)).Position;
        Say("a");

        var back = Accepted(Listen(Two, 1, ChannelFeeds.Presence, start));

        Assert.Null(back.IsRecovered);
        Assert.Empty(back.Missed);
    }

    [Fact]
    public void A_publish_with_the_same_key_is_the_same_publish()
    {
        Accepted(Listen(One, 1));

        var first = Say("a", "key");
        Advance(TimeSpan.FromMinutes(5));
        var again = Say("b", "key");

        Assert.Equal(first, again);
        Assert.Equal(["a"], Texts(One.Received<ChannelMessage>()));
        Assert.Equal(2, Say("c", "key", user: "bob").Position.Offset);
        Assert.Equal(3, Say("d", "another").Position.Offset);
        Assert.Equal(4, Say("e").Position.Offset);
    }

    [Fact]
    public void A_key_that_is_forgotten_makes_another_publish()
    {
        Say("a", "key");

        Advance(TimeSpan.FromMinutes(5) + TimeSpan.FromMilliseconds(1));

        Assert.Equal(2, Say("b", "key").Position.Offset);
    }

    /// <summary>Its publisher was told that the outcome is unknown, and has gone on.</summary>
    [Fact]
    public void A_message_that_a_later_one_of_its_session_overtook_is_refused()
    {
        Accepted(Listen(Two, 1));
        var late = One.NextNumber();
        var number = One.NextNumber();
        Accepted(TrySay("second", number));

        Refused(ErrorCode.RouteStale, TrySay("first", late));
        Refused(ErrorCode.RouteStale, TrySay("second again", number));
        Accepted(TrySay("of another session", late, session: One.Session(98)));
        Accepted(TrySay("third", One.NextNumber()));

        Assert.Equal(["second", "of another session", "third"], Texts(Two.Received<ChannelMessage>()));
        Assert.Equal([1L, 2L, 3L], Two.Received<ChannelMessage>().Select(message => message.Offset));
    }

    [Fact]
    public void A_message_that_another_activation_was_meant_to_get_is_refused()
    {
        var epoch = Accepted(Listen(One, 1)).Position.Epoch;

        Refused(ErrorCode.RouteStale, TrySay("a", One.NextNumber(), epoch - 1));
        Refused(ErrorCode.RouteStale, TrySay("a", One.NextNumber(), 0));
        Assert.Equal(new(epoch, 1), Accepted(TrySay("b", One.NextNumber(), epoch)).Position);

        Assert.Equal(["b"], Texts(One.Received<ChannelMessage>()));
    }

    [Fact]
    public void A_repetition_is_known_by_its_key_however_late_it_comes()
    {
        var late = One.NextNumber();
        var first = Say("a", "key");
        Say("b");

        Assert.Equal(first, Accepted(TrySay("a", late, key: "key")));
        Assert.Equal(3, Say("c").Position.Offset);
    }

    [Fact]
    public void A_registration_puts_a_gateway_back_and_withdraws_it()
    {
        Accepted(Register(Two, new ChannelSubscription(Two.Session(1), new("ann"), ChannelFeeds.Default)));
        Say("a");
        Accepted(Register(Two));
        Say("b");

        Assert.Equal(["a"], Texts(Two.Received<ChannelMessage>()));
    }

    [Fact]
    public void A_subscription_that_a_newer_registration_overtook_is_stale()
    {
        var late = One.Route();
        Accepted(Register(One));

        Refused(ErrorCode.RouteStale, Do(() => Channel().SubscribeAsync(new(
            late, new(One.Session(1), new("ann"), ChannelFeeds.Messages), null))));
    }

    [Fact]
    public void A_dead_gateway_gets_nothing_any_more()
    {
        var epoch = Accepted(Listen(One, 1)).Stamp.Epoch;
        Leases.Dead.Add(One.Id);
        Advance(TimeSpan.FromSeconds(5));

        Say("a");

        Assert.Empty(One.Received<ChannelMessage>());

        // Should it live after all, it is to register anew, whatever it has.
        Assert.False(Check(One, epoch));
    }

    [Fact]
    public void A_check_tells_whether_both_sides_hold_the_same()
    {
        var subscription = new ChannelSubscription(One.Session(1), new("ann"), ChannelFeeds.Messages);
        var epoch = Accepted(Listen(One, 1)).Stamp.Epoch;

        Assert.True(Check(One, epoch, subscription));
        Assert.False(Check(One, epoch));
        Assert.False(Check(One, epoch, subscription with { Feeds = ChannelFeeds.Default }));
        Assert.False(Check(One, epoch + 1, subscription));
    }

    [Fact]
    public void A_login_subscribes_to_fifty_channels_and_no_more()
    {
        Connect(One, "ann", 1);
        for (var i = 1; i <= 50; i++)
            Accepted(SubscribeChannel(One, "ann", 1, $"c{i}"));

        Refused(ErrorCode.ChannelInstanceExceedLimitation, SubscribeChannel(One, "ann", 1, "c51"));
        Accepted(SubscribeChannel(One, "ann", 1, "c50"));
        Accepted(UnsubscribeChannel(One, "ann", 1, "c1"));
        Refused(ErrorCode.ChannelNotSubscribed, UnsubscribeChannel(One, "ann", 1, "c1"));
        Accepted(SubscribeChannel(One, "ann", 1, "c51"));
        Refused(ErrorCode.NotLogin, SubscribeChannel(One, "ann", 2));
        Say("not heard", channel: "c1");
        Say("heard", channel: "c51");
        Assert.Equal(["heard"], Texts(One.Received<ChannelMessage>()));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_login_that_ends_hears_nothing_any_more(bool isTakenOver)
    {
        Connect(One, "ann", 1);
        Accepted(SubscribeChannel(One, "ann", 1));
        Connect(Two, "bob", 1);
        Accepted(SubscribeChannel(Two, "bob", 1));

        if (isTakenOver)
            Connect(Two, "ann", 2);
        else
            Accepted(Do(() => User("ann").DisconnectAsync(new(One.Route(), One.Session(1)))));
        Say("hi");

        Assert.Empty(One.Received<ChannelMessage>());
        Assert.Single(Two.Received<ChannelMessage>());
    }

    [Fact]
    public void A_user_grain_takes_its_sessions_subscriptions_from_a_registration()
    {
        Connect(One, "ann", 1);
        var session = new Grains.Abstractions.Users.UserSession(
            One.Session(1), new("phone"), Clock.GetUtcNow() + TimeSpan.FromHours(1), []);
        Accepted(Do(() => User("ann").RegisterAsync(new(
            One.Route(), [session with { Subscriptions = [new("lobby")] }]))));

        Assert.Equal(ErrorCode.None, UnsubscribeChannel(One, "ann", 1, "lobby").Refusal?.Code ?? ErrorCode.None);
        Refused(ErrorCode.ChannelNotSubscribed, UnsubscribeChannel(One, "ann", 1, "lobby"));
    }

    private Outcome<Done> Unsubscribe(FakeGateway gateway, long session) =>
        Do(() => Channel().UnsubscribeAsync(new(gateway.Route(), gateway.Session(session))));

    private Outcome<Done> UnsubscribeChannel(FakeGateway gateway, string user, long session, string channel) =>
        Do(() => User(user).UnsubscribeChannelAsync(new(
            gateway.Route(), gateway.Route(), gateway.Session(session), new(channel))));

    private Outcome<RouteStamp> Register(FakeGateway gateway, params ChannelSubscription[] subscriptions) =>
        Do(() => Channel().RegisterAsync(new(gateway.Route(), [.. subscriptions])));

    private bool Check(FakeGateway gateway, long epoch, params ChannelSubscription[] subscriptions) =>
        Do(() => Channel().CheckAsync(new(gateway.Id, epoch, MessageChannelRegistration.DigestOf(subscriptions))));
}
