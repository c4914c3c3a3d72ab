using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Domain.Messages;
using ImOrleans.Gateway.Sessions;
using ImOrleans.Gateway.Tests.Doubles;
using ImOrleans.Grains.Abstractions.Delivery;
using ImOrleans.Grains.Abstractions.MessageChannels;
using ImOrleans.Grains.Abstractions.Presence;
using ImOrleans.Grains.Abstractions.Users;
using static ImOrleans.Gateway.Tests.Doubles.GatewayBench;

namespace ImOrleans.Gateway.Tests.Channels;

/// <summary>Subscribing to message channels, and what a gateway does with their messages.</summary>
public sealed class MessageChannelCallsTests : IDisposable
{
    private static readonly ChannelName Channel = new(Lobby);
    private static readonly string Key = GrainKey.MessageChannel(Channel);

    private readonly GatewayBench _bench = new();
    private readonly FakeConnection _connection = new();
    private long _batch;

    private FakeMessageChannelGrain Grain => _bench.Grains.MessageChannel(Lobby);

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task Subscribers_of_messages_get_them_and_others_do_not()
    {
        await SubscribedAsync("ann", _connection);
        await SubscribedAsync("bob");
        var quiet = new FakeConnection();
        await SubscribedAsync("cat", quiet, ChannelFeeds.Presence | ChannelFeeds.Metadata | ChannelFeeds.Locks);

        AssertReached(Deliver(1, 2), 2, 2);

        Assert.Equal(["m1", "m2"], Told(_connection).Skip(1));
        Assert.Equal(["all@0[]", "all()"], Told(quiet).Skip(1));
        var told = Assert.IsType<ChannelMessageEvent>(_connection.Events[^1]);
        Assert.Equal((Channel, new MessagePosition(1, 2)), (told.Channel, told.Position));
    }

    [Fact]
    public async Task No_feed_at_all_means_messages_and_presence()
    {
        await SubscribedAsync("ann", feeds: ChannelFeeds.None);

        var request = Assert.Single(_bench.Grains.User("ann").Requests<SubscribeChannelRequest>());
        Assert.Equal(ChannelFeeds.Messages | ChannelFeeds.Presence, request.Feeds);
        AssertReached(Deliver(1), 1);
    }

    [Fact]
    public async Task The_grain_is_asked_for_what_came_since_and_its_answer_is_passed_on()
    {
        var ann = await _bench.ConnectAsync();
        var answer = new ChannelSubscribed(Grain.Stamp, new(1, 3), true, [Message(3)]);
        _bench.Grains.User("ann").Script("SubscribeChannel", answer);

        var outcome = await SubscribeAsync(ann, since: new MessagePosition(1, 2));

        Assert.Same(answer, outcome.Value);
        Assert.Equal(
            new MessagePosition(1, 2),
            Assert.Single(_bench.Grains.User("ann").Requests<SubscribeChannelRequest>()).Since);
    }

    /// <summary>What is in the answer must not come as an event, and what comes after it must not be lost.</summary>
    [Fact]
    public async Task Messages_that_come_before_the_answer_are_told_from_its_position_on()
    {
        var ann = await _bench.ConnectAsync(connection: _connection);
        _bench.Grains.User("ann").Hold("SubscribeChannel");
        var subscribing = SubscribeAsync(ann, since: new MessagePosition(1, 1));
        var call = await _bench.Grains.User("ann").NextAsync("SubscribeChannel");
        Deliver(2, 3, 4);
        Assert.Single(Told(_connection));

        call.Reply(new ChannelSubscribed(new(1, "silo-1", 3, 0), new(1, 3), true, [Message(2), Message(3)]));
        AssertAccepted(await subscribing.Guard());
        Deliver(5);

        Assert.Equal(["m4", "m5"], Told(_connection).Skip(1));
    }

    [Fact]
    public async Task Subscribing_again_holds_messages_back_until_the_answer_and_repeats_none()
    {
        var ann = await SubscribedAsync("ann", _connection);
        _bench.Grains.User("ann").Hold("SubscribeChannel");
        var subscribing = SubscribeAsync(ann, since: new MessagePosition(1, 0));
        var call = await _bench.Grains.User("ann").NextAsync("SubscribeChannel");
        Deliver(1, 2);
        Assert.Single(Told(_connection));

        call.Reply(new ChannelSubscribed(new(1, "silo-1", 1, 0), new(1, 1), true, [Message(1)]));
        AssertAccepted(await subscribing.Guard());
        Deliver(3);

        Assert.Equal(["m2", "m3"], Told(_connection).Skip(1));
    }

    [Fact]
    public async Task Subscribing_again_in_vain_leaves_the_subscription_and_loses_nothing()
    {
        var ann = await SubscribedAsync("ann", _connection);
        _bench.Grains.User("ann").Hold("SubscribeChannel");
        var subscribing = SubscribeAsync(ann, since: new MessagePosition(1, 0));
        var call = await _bench.Grains.User("ann").NextAsync("SubscribeChannel");
        Deliver(1);
        Assert.Single(Told(_connection));

        call.Reply(ErrorCode.ChannelSubscribeFailed);
        AssertRefused(ErrorCode.ChannelSubscribeFailed, await subscribing.Guard());
        Deliver(2);

        Assert.Equal(["m1", "m2"], Told(_connection).Skip(1));
    }

    /// <summary>The answer names a position beyond messages that are still on their way here.</summary>
    [Fact]
    public async Task Subscribing_again_from_now_on_goes_on_and_loses_nothing()
    {
        var ann = await SubscribedAsync("ann", _connection);
        _bench.Grains.User("ann").Hold("SubscribeChannel");
        var subscribing = SubscribeAsync(ann, ChannelFeeds.Default);
        var call = await _bench.Grains.User("ann").NextAsync("SubscribeChannel");
        Deliver(1);

        call.Reply(new ChannelSubscribed(new(1, "silo-1", 2, 0), new(1, 2), null, []));
        AssertAccepted(await subscribing.Guard());
        Deliver(2, 3);

        Assert.Equal(["m1", "m2", "m3"], Told(_connection).Skip(1));
    }

    /// <summary>What the last activation said before it was lost is not in any answer of the next one.</summary>
    [Fact]
    public async Task Subscribing_again_in_vain_while_the_channel_moves_loses_nothing_either()
    {
        var ann = await SubscribedAsync("ann", _connection);
        _bench.Grains.User("ann").Hold("SubscribeChannel");
        var subscribing = SubscribeAsync(ann, since: new MessagePosition(1, 0));
        var call = await _bench.Grains.User("ann").NextAsync("SubscribeChannel");
        Deliver(1);
        await MoveAsync();
        Deliver(1, 2);

        call.Reply(ErrorCode.ChannelSubscribeFailed);
        AssertRefused(ErrorCode.ChannelSubscribeFailed, await subscribing.Guard());
        Deliver(3);

        Assert.Equal(
            [new(1, 1), new(2, 1), new(2, 2), new(2, 3)],
            _connection.Events.OfType<ChannelMessageEvent>().Select(message => message.Position));
    }

    /// <summary>A message is held up on its way here, and somebody subscribes who wants what is after it.</summary>
    [Fact]
    public async Task Who_subscribes_is_not_told_what_is_from_before()
    {
        var listening = new FakeConnection();
        await SubscribedAsync("bob", listening);
        Grain.Position = Grain.Offset = 2;
        await SubscribedAsync("ann", _connection);

        AssertReached(Deliver(1, 2, 3), 1, 1, 2);

        Assert.Equal(["m1", "m2", "m3"], Told(listening).Skip(1));
        Assert.Equal(["m3"], Told(_connection).Skip(1));
    }

    /// <summary>The acknowledgement was lost, and the route is another one when the batch comes again.</summary>
    [Fact]
    public async Task A_batch_that_comes_again_to_a_route_made_anew_is_not_told_twice()
    {
        var ann = await SubscribedAsync("ann", _connection);
        Deliver(1);
        AssertAccepted(await UnsubscribeAsync(ann));
        Assert.Null(_bench.Routes.Find(Key));
        Grain.Position = Grain.Offset = 1;
        AssertAccepted(await SubscribeAsync(ann));

        _batch--;
        AssertReached(Deliver(1), 0);
        AssertReached(Deliver(2), 1);

        Assert.Equal(["m1", "m2"], Told(_connection).Skip(1));
    }

    [Fact]
    public async Task Subscribing_again_without_messages_ends_them()
    {
        var ann = await SubscribedAsync("ann", _connection);
        AssertAccepted(await SubscribeAsync(ann, ChannelFeeds.Locks));

        AssertReached(Deliver(1), 0);

        Assert.Equal(["all()"], Told(_connection).Skip(1));
    }

    [Fact]
    public async Task A_refused_subscription_holds_no_route()
    {
        var ann = await _bench.ConnectAsync();
        _bench.Grains.User("ann").Script("SubscribeChannel", ErrorCode.ChannelInstanceExceedLimitation);

        AssertRefused(ErrorCode.ChannelInstanceExceedLimitation, await SubscribeAsync(ann));

        Assert.Null(_bench.Routes.Find(Key));
    }

    [Fact]
    public async Task Who_has_unsubscribed_hears_nothing_and_cannot_unsubscribe_again()
    {
        var ann = await SubscribedAsync("ann", _connection);

        AssertAccepted(await UnsubscribeAsync(ann));

        Assert.Null(_bench.Routes.Find(Key));
        Assert.False(Deliver(1).IsKnown);
        AssertRefused(ErrorCode.ChannelNotSubscribed, await UnsubscribeAsync(ann));
        Assert.Equal(1, _bench.Grains.User("ann").CountOf("UnsubscribeChannel"));
    }

    [Fact]
    public async Task Whoever_unsubscribes_is_rid_of_the_channel_though_the_grain_cannot_be_told()
    {
        var ann = await SubscribedAsync("ann", _connection);
        _bench.Grains.User("ann").Script("UnsubscribeChannel", ErrorCode.NotLogin);

        AssertAccepted(await UnsubscribeAsync(ann));
        await _bench.NextSettledAsync();

        Assert.Empty(Assert.Single(Grain.Requests<MessageChannelRegistration>()).Subscriptions);
        Assert.Null(_bench.Routes.Find(Key));
    }

    /// <summary>Its user's grain cannot be registered with, so the call is never made: the channel is told by registration.</summary>
    [Fact]
    public async Task Whoever_unsubscribes_is_rid_of_the_channel_though_the_call_cannot_be_made()
    {
        var ann = await SubscribedAsync("ann", _connection);
        _bench.Grains.User("ann").Script("Register", new TimeoutException());
        lock (_bench.UserRoute("ann")!.Gate)
            _bench.UserRoute("ann")!.Invalidate();

        AssertAccepted(await UnsubscribeAsync(ann));
        await _bench.NextSettledAsync();

        Assert.Equal(0, _bench.Grains.User("ann").CountOf("UnsubscribeChannel"));
        Assert.Empty(Assert.Single(Grain.Requests<MessageChannelRegistration>()).Subscriptions);
        Assert.Null(_bench.Routes.Find(Key));
    }

    /// <summary>A registration that still names it may arrive after the word that it has gone.</summary>
    [Fact]
    public async Task A_session_that_ends_during_a_registration_is_taken_out_by_another()
    {
        var ann = await SubscribedAsync("ann");
        Grain.Hold("Register");
        _bench.Registrar.Invalidate(_bench.Routes.Find(Key)!);
        var first = await Grain.NextAsync("Register");

        var ending = _bench.Lifecycle.EndAsync(ann);
        first.Reply(Grain.Stamp);
        await ending.Guard();
        // The registrar pauses before it tries again.
        var pause = TimeSpan.FromMilliseconds(100);
        while (await _bench.Clock.NextTimerAsync() != pause)
            continue;
        _bench.Clock.Advance(pause);
        (await Grain.NextAsync("Register")).Reply(Grain.Stamp);
        await _bench.NextSettledAsync();

        Assert.Equal([1, 0], Grain.Requests<MessageChannelRegistration>().Select(request => request.Subscriptions.Length));
        Assert.Null(_bench.Routes.Find(Key));
    }

    [Fact]
    public async Task A_session_that_ends_is_taken_out_and_the_others_stay()
    {
        var ann = await SubscribedAsync("ann");
        await SubscribedAsync("bob", _connection);

        await _bench.Lifecycle.EndAsync(ann).Guard();

        AssertReached(Deliver(1), 1);
        Assert.Equal(["m1"], Told(_connection).Skip(1));
    }

    [Fact]
    public async Task A_session_that_ends_while_it_subscribes_is_not_left_behind()
    {
        var ann = await _bench.ConnectAsync();
        _bench.Grains.User("ann").Hold("SubscribeChannel");
        var subscribing = SubscribeAsync(ann);
        var call = await _bench.Grains.User("ann").NextAsync("SubscribeChannel");
        await _bench.Lifecycle.EndAsync(ann).Guard();

        call.Reply(Grain.Subscribed());
        await subscribing.Guard();

        await _bench.NextSettledAsync();
        await _bench.NextSettledAsync();
        Assert.Empty(Assert.Single(Grain.Requests<MessageChannelRegistration>()).Subscriptions);
        Assert.Null(_bench.Routes.Find(Key));
    }

    [Fact]
    public async Task User_and_channel_are_told_the_subscriptions_when_they_are_registered_anew()
    {
        var ann = await SubscribedAsync("ann", feeds: ChannelFeeds.Locks);

        _bench.Registrar.Invalidate(_bench.Routes.Find(Key)!);
        await _bench.NextSettledAsync();
        _bench.Registrar.Invalidate(_bench.UserRoute("ann")!);
        await _bench.NextSettledAsync();

        var subscriptions = Grain.Requests<MessageChannelRegistration>()[^1].Subscriptions;
        var expected = new ChannelSubscription(ann.Id, new("ann"), ChannelFeeds.Locks)
        {
            Presence = MemberPresence.Default with { Timeout = ann.PresenceTimeout },
        };
        Assert.Equal(expected, Assert.Single(subscriptions));
        Assert.Equal(MessageChannelRegistration.DigestOf(subscriptions), _bench.Routes.Find(Key)!.Digest());
        var session = Assert.Single(_bench.Grains.User("ann").Requests<UserRegistration>()[^1].Sessions);
        Assert.Equal(Channel, Assert.Single(session.Subscriptions));
    }

    [Fact]
    public async Task Another_activation_is_registered_with_and_its_messages_have_its_epoch()
    {
        await SubscribedAsync("ann", _connection);
        Deliver(1);
        await MoveAsync();

        AssertReached(Deliver(1), 1);

        Assert.Equal(
            [new MessagePosition(1, 1), new(2, 1)],
            _connection.Events.OfType<ChannelMessageEvent>().Select(message => message.Position));
    }

    [Fact]
    public async Task Calls_of_a_session_for_one_channel_keep_their_order()
    {
        var ann = await _bench.ConnectAsync();
        _bench.Grains.User("ann").Hold("SubscribeChannel");
        var subscribing = SubscribeAsync(ann);
        var publishing = _bench.MessageChannels.PublishAsync(ann, Channel, Text("hi"), null);
        AssertAccepted(await _bench.MessageChannels.PublishAsync(ann, new("other"), Text("hi"), null).Guard());
        Assert.Equal(0, Grain.CountOf("Publish"));

        (await _bench.Grains.User("ann").NextAsync("SubscribeChannel")).Reply(Grain.Subscribed());

        AssertAccepted(await subscribing.Guard());
        AssertAccepted(await publishing.Guard());
    }

    private static ChannelMessage Message(long offset) => new(offset, offset, new("pub"), Text($"m{offset}"), 1000 + offset);

    private async Task<Session> SubscribedAsync(
        string user, FakeConnection? connection = null, ChannelFeeds feeds = ChannelFeeds.Messages)
    {
        var session = await _bench.ConnectAsync(user, connection);
        AssertAccepted(await SubscribeAsync(session, feeds));
        return session;
    }

    private async Task<Outcome<ChannelSubscribed>> SubscribeAsync(
        Session session, ChannelFeeds feeds = ChannelFeeds.Messages, MessagePosition? since = null)
    {
        var outcome = await _bench.MessageChannels.SubscribeAsync(session, Channel, feeds, since).Guard();
        return outcome.IsAccepted ? outcome.Value!.Subscribed : outcome.As<ChannelSubscribed>();
    }

    /// <summary>The channel has another activation, and the gateway knows.</summary>
    private async Task MoveAsync()
    {
        Grain.Epoch++;
        _batch = 0;
        _bench.Registrar.Invalidate(_bench.Routes.Find(Key)!);
        await _bench.NextSettledAsync();
    }

    private Task<Outcome<Done>> UnsubscribeAsync(Session session) =>
        _bench.MessageChannels.UnsubscribeAsync(session, Channel).Guard();

    /// <summary>The channel delivers messages with these offsets in one batch.</summary>
    private DeliveryAck Deliver(params long[] offsets) =>
        _bench.Deliver(Key, Grain.Epoch, ++_batch, [.. offsets.Select(Message)]);
}
