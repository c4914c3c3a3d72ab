using ImOrleans.Domain.Messages;
using ImOrleans.Grains.Abstractions.Topics;
using ImOrleans.Grains.Tests.Kit;

namespace ImOrleans.Grains.Tests.Topics;

public sealed class TopicGrainTests : GrainTest
{
    [Fact]
    public void A_message_goes_to_the_gateways_that_want_its_publisher_and_to_no_other()
    {
        var three = Gateway("g3");
        var epoch = AddPublisher(One, 1, "ann");
        Follow(Two, 1, "ann");
        Follow(three, 1, "bob");

        var published = Accepted(Publish(One, 1, epoch, "hi"));

        var message = Assert.Single(Two.Received<TopicMessage>());
        Assert.Equal(
            (new UserId("ann"), published.SentAtUnixMs, MessagePriority.Normal),
            (message.Publisher, message.SentAtUnixMs, message.Urgency));
        Assert.Empty(One.Batches);
        Assert.Empty(three.Batches);
    }

    [Fact]
    public void A_gateway_with_many_followers_gets_a_message_once()
    {
        var epoch = AddPublisher(One, 1, "ann");
        for (var session = 1; session <= 5; session++)
            Follow(Two, session, "ann");

        Publish(One, 1, epoch);

        Assert.Single(Two.Received<TopicMessage>());
    }

    [Fact]
    public void Messages_arrive_in_the_order_in_which_they_were_accepted()
    {
        var epoch = AddPublisher(One, 1, "ann");
        Follow(Two, 1, "ann");

        for (var i = 0; i < 20; i++)
            Publish(One, 1, epoch, $"{i}");

        Assert.Equal(
            Enumerable.Range(0, 20).Select(i => $"{i}"),
            Two.Received<TopicMessage>().Select(message => System.Text.Encoding.UTF8.GetString(message.Payload.Bytes.Span)));
    }

    /// <summary>Its publisher was told that the outcome is unknown, and has published on.</summary>
    [Fact]
    public void A_message_that_a_later_one_of_its_session_overtook_is_refused()
    {
        Join(One, "ann", 1);
        Join(Two, "bob", 1);
        var epoch = Accepted(JoinTopic(One, 1)).Epoch;
        Subscribe(Two, 1, "news", "ann");
        Accepted(Publish(One, 1, epoch, "b", number: 8));
        Refused(ErrorCode.RouteStale, Publish(One, 1, epoch, "a", number: 7));
        Refused(ErrorCode.RouteStale, Publish(One, 1, epoch, "b", number: 8));
        Accepted(Publish(One, 1, epoch, "c", number: 9));
        Assert.Equal(
            ["b", "c"],
            Two.Received<TopicMessage>().Select(message => System.Text.Encoding.UTF8.GetString(message.Payload.Bytes.Span)));
    }

    /// <summary>Its publisher was told that the outcome is unknown, published on, and has left and come back since.</summary>
    [Fact]
    public void A_message_from_before_the_session_was_made_a_publisher_is_refused()
    {
        Join(One, "ann", 1);
        var epoch = Accepted(JoinTopic(One, 1)).Epoch;
        var late = One.NextNumber();
        Accepted(Publish(One, 1, epoch));
        Accepted(LeaveTopic(One, 1));
        Accepted(JoinTopic(One, 1));
        Refused(ErrorCode.RouteStale, Publish(One, 1, epoch, number: late));
        Accepted(Publish(One, 1, epoch));
    }

    [Fact]
    public void Only_a_publisher_of_this_activation_can_publish()
    {
        var epoch = AddPublisher(One, 1, "ann");

        Refused(ErrorCode.ChannelTopicNotJoined, Publish(One, 2, epoch));
        Refused(ErrorCode.RouteStale, Publish(One, 1, epoch + 1));
        Refused(ErrorCode.RouteStale, Publish(One, 1, 0));
    }

    [Fact]
    public void Who_follows_later_or_no_more_gets_what_is_published_while_it_follows()
    {
        var epoch = AddPublisher(One, 1, "ann");
        Publish(One, 1, epoch, "before");
        var position = Follow(Two, 1, "ann").Stamp.Position;
        Publish(One, 1, epoch, "while");
        Do(() => Topic().UnsubscribeAsync(Two.Route(), Two.Session(1), []));
        Publish(One, 1, epoch, "after");

        var message = Assert.Single(Two.Received<TopicMessage>());
        Assert.Equal(position + 1, message.Sequence);
    }

    [Fact]
    public void A_registration_puts_a_gateway_back_and_withdraws_it()
    {
        var registered = Accepted(Do(() => Topic().RegisterAsync(new(
            One.Route(), [new(One.Session(1), new("ann"), Role())], []))));
        Accepted(Do(() => Topic().RegisterAsync(new(Two.Route(), [], [new(Two.Session(1), [new("ann")])]))));
        Accepted(Publish(One, 1, registered.Epoch));
        Assert.Single(Two.Received<TopicMessage>());

        Accepted(Do(() => Topic().RegisterAsync(new(Two.Route(), [], []))));
        Publish(One, 1, registered.Epoch);

        Assert.Single(Two.Received<TopicMessage>());
    }

    [Fact]
    public void A_subscription_that_a_newer_registration_overtook_is_stale()
    {
        var late = Two.Route();
        Accepted(Do(() => Topic().RegisterAsync(new(Two.Route(), [], []))));

        Refused(ErrorCode.RouteStale, Do(() => Topic().SubscribeAsync(new(late, Two.Session(1), [new("ann")]))));
    }

    [Fact]
    public void A_dead_gateway_gets_no_messages_and_its_publishers_are_gone()
    {
        var epoch = AddPublisher(One, 1, "ann");
        AddPublisher(Two, 1, "bob");
        Follow(Two, 1, "ann");

        Leases.Dead.Add(Two.Id);
        Advance(TimeSpan.FromSeconds(5));
        Publish(One, 1, epoch);

        Assert.Empty(Two.Batches);
        Refused(ErrorCode.RouteStale, Publish(Two, 1, epoch));
    }

    /// <summary>
    /// A gateway that was dead to the topic and lives publishes on: it must hear that its registration is gone, since
    /// an error on publish makes clients forget the topic.
    /// </summary>
    [Fact]
    public void A_gateway_that_comes_back_from_the_dead_registers_and_publishes_on()
    {
        var epoch = AddPublisher(One, 1, "ann");
        Leases.Dead.Add(One.Id);
        Advance(TimeSpan.FromSeconds(5));
        Leases.Dead.Clear();
        Refused(ErrorCode.RouteStale, Publish(One, 1, epoch));

        Accepted(Do(() => Topic().RegisterAsync(new(One.Route(), [new(One.Session(1), new("ann"), Role())], []))));

        Accepted(Publish(One, 1, epoch));
        Refused(ErrorCode.ChannelTopicNotJoined, Publish(One, 2, epoch));
    }

    [Fact]
    public void A_session_is_forgotten_as_publisher_and_as_follower()
    {
        var epoch = AddPublisher(One, 1, "ann");
        Follow(One, 1, "bob");

        Do(async () =>
        {
            await Topic().RemoveSessionAsync(One.Session(1));
            return true;
        });

        Refused(ErrorCode.ChannelTopicNotJoined, Publish(One, 1, epoch));
        Assert.True(Check(epoch, [], []));
    }

    [Fact]
    public void A_check_tells_whether_both_sides_hold_the_same()
    {
        var epoch = AddPublisher(One, 1, "ann");
        Follow(One, 2, "bob");
        TopicPublisher[] publishers = [new(One.Session(1), new("ann"), Role())];
        TopicSubscription[] subscriptions = [new(One.Session(2), [new("bob")])];

        Assert.True(Check(epoch, publishers, subscriptions));
        Assert.False(Check(epoch, publishers, []));
        Assert.False(Check(epoch + 1, publishers, subscriptions));
    }

    /// <summary>A gateway that does not answer holds up its own messages, and gets them all when it is back.</summary>
    [Fact]
    public void A_gateway_that_stumbles_loses_nothing_and_holds_up_nobody()
    {
        var epoch = AddPublisher(One, 1, "ann");
        Follow(One, 1, "ann");
        Follow(Two, 1, "ann");
        Two.Answer = _ => Task.FromException<Grains.Abstractions.Delivery.DeliveryAck>(new TimeoutException());
        for (var i = 0; i < 10; i++)
            Accepted(Publish(One, 1, epoch, $"{i}"));
        Assert.Equal(10, One.Received<TopicMessage>().Length);

        Two.Answer = batch => Task.FromResult(FakeGateway.Ack(batch, 1));
        Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(10, Two.Received<TopicMessage>().Length);
        Assert.Equal([1L, 2L], Two.Batches.Select(batch => batch.Number).Distinct());
    }

    private long AddPublisher(FakeGateway gateway, long session, string user) =>
        Accepted(Do(() => Topic().AddPublisherAsync(new(
            gateway.Route(), new(gateway.Session(session), new(user), Role()))))).Epoch;

    private TopicSubscribed Follow(FakeGateway gateway, long session, string user) =>
        Accepted(Do(() => Topic().SubscribeAsync(new(gateway.Route(), gateway.Session(session), [new(user)]))));

    private bool Check(
        long epoch, IEnumerable<TopicPublisher> publishers, IEnumerable<TopicSubscription> subscriptions) =>
        Do(() => Topic().CheckAsync(new(
            One.Id, epoch, TopicRegistration.DigestOf(publishers, subscriptions))));
}
