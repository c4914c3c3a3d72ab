using ImOrleans.Client.Tests.Fakes;
using ImOrleans.TestKit;

namespace ImOrleans.Client.Tests;

/// <summary>What a client has again after a reconnect, and what happens when it cannot have it.</summary>
public sealed class RestoreTests
{
    private static readonly string[] Expected =
    [
        """JoinChannel {"channel":"one","token":"chan-2"}""",
        """JoinTopic {"channel":"one","topic":"b","qos":"ordered","priority":"high","meta":"m"}""",
        """JoinTopic {"channel":"one","topic":"a","qos":"unordered","priority":"normal","meta":null}""",
        """SubscribeTopic {"channel":"one","topic":"t2","users":["u1","u3"]}""",
        """SubscribeTopic {"channel":"one","topic":"t1","users":["u4"]}""",
        """JoinChannel {"channel":"two","token":null}""",
    ];

    [Fact]
    public async Task Everything_comes_back_in_its_order_before_the_client_is_connected_and_before_waiting_calls()
    {
        await using var faked = new FakedClient();
        var first = await faked.ConnectAsync();
        await ArrangeAsync(faked);
        _ = first.Calls;
        first.Lose();
        await faked.StateAsync(ConnectionState.Reconnecting);
        var waiting = faked.Client.GetServerTimeAsync();
        var states = new List<ConnectionState>();
        faked.Server.Answer = call =>
        {
            states.Add(faked.Client.State);
            return FakeServer.Done(call);
        };
        await faked.Clock.PassAsync(TimeSpan.FromSeconds(1));
        var second = await faked.Server.NextLinkAsync();
        var connected = await faked.StateAsync(ConnectionState.Connected);
        await waiting.Guard();

        Assert.False(connected.Resumed);
        Assert.Equal([.. Expected, "GetServerTime"], second.Calls);
        Assert.All(states[..^1], state => Assert.Equal(ConnectionState.Reconnecting, state));
        Assert.Equal(ConnectionState.Connected, states[^1]);
    }

    [Fact]
    public async Task A_session_that_the_server_has_kept_is_not_restored()
    {
        await using var faked = new FakedClient();
        var first = await faked.ConnectAsync();
        await ArrangeAsync(faked);
        first.Lose();
        faked.Server.Login = new(3, 10001, "Connected.", Resumed: true);
        await faked.Clock.PassAsync(TimeSpan.FromSeconds(1));
        var second = await faked.Server.NextLinkAsync();
        Assert.True((await faked.StateAsync(ConnectionState.Connected)).Resumed);
        Assert.Empty(second.Calls);
    }

    [Fact]
    public async Task What_is_refused_is_told_and_given_up_and_the_rest_goes_on()
    {
        await using var faked = new FakedClient();
        var first = await faked.ConnectAsync();
        var (one, t1) = await ArrangeAsync(faked);
        first.Lose();
        faked.Server.Answer = call => call switch
        {
            _ when call.Contains("\"topic\":\"a\"", StringComparison.Ordinal) => FakeServer.Refuse(11014),
            _ when call.Contains("\"topic\":\"t1\"", StringComparison.Ordinal) => FakeServer.Refuse(11003),
            _ when call.Contains("\"channel\":\"two\"", StringComparison.Ordinal) => FakeServer.Refuse(11007),
            _ => FakeServer.Done(call),
        };
        await faked.Clock.PassAsync(TimeSpan.FromSeconds(1));

        var role = await faked.Events.NextAsync<RestoreFailed>();
        Assert.Equal(("one", "a", 11014), (role.Channel, role.Topic, ((RtmException)role.Error).Code));
        var follow = await faked.Events.NextAsync<RestoreFailed>();
        Assert.Equal(("one", "t1", "u4", 11003), (follow.Channel, follow.Topic, Assert.Single(follow.Users),
            ((RtmException)follow.Error).Code));
        var channel = await faked.Events.NextAsync<RestoreFailed>();
        Assert.Equal(("two", null, 11007), (channel.Channel, channel.Topic, ((RtmException)channel.Error).Code));
        await faked.StateAsync(ConnectionState.Connected);
        Assert.True(one.IsJoined);
        var ended = await Assert.ThrowsAsync<RtmException>(new FeedReader<TopicMessage>(t1).NextAsync);
        Assert.Equal(11003, ended.Code);
        // Given up: it is not asked for again, and may be joined anew.
        faked.Server.Answer = FakeServer.Done;
        var second = await faked.Server.NextLinkAsync();
        second.Lose();
        await faked.Clock.PassAsync(TimeSpan.FromSeconds(1));
        var third = await faked.Server.NextLinkAsync();
        await faked.StateAsync(ConnectionState.Connected);
        Assert.Equal(3, third.Calls.Count);
        await faked.Client.JoinStreamChannelAsync("two").Guard();
    }

    [Fact]
    public async Task What_can_be_had_later_is_asked_for_again_and_rates_are_kept()
    {
        await using var faked = new FakedClient();
        var first = await faked.ConnectAsync();
        await faked.Client.JoinStreamChannelAsync("one");
        first.Lose();
        var answers = new Queue<Func<string, Task<Wire.WireReply>>>(
        [
            _ => FakeServer.Refuse(11012, retryable: true),
            _ => FakeServer.Refuse(11012, retryable: true),
            _ => FakeServer.Refuse(10021, retryable: true, retryAfterMs: 45),
            FakeServer.Done,
        ]);
        faked.Server.Answer = call => answers.TryDequeue(out var answer) ? answer(call) : FakeServer.Done(call);
        await faked.Clock.PassAsync(TimeSpan.FromSeconds(1));
        await faked.Clock.PassAsync(TimeSpan.FromMilliseconds(200));
        await faked.Clock.PassAsync(TimeSpan.FromMilliseconds(400));
        await faked.Clock.PassAsync(TimeSpan.FromMilliseconds(45));
        await faked.StateAsync(ConnectionState.Connected);
        Assert.Empty(answers);
    }

    [Fact]
    public async Task A_connection_that_is_lost_while_it_is_restored_is_tried_again_after_the_next_wait()
    {
        await using var faked = new FakedClient();
        var first = await faked.ConnectAsync();
        var channel = await faked.Client.JoinStreamChannelAsync("one");
        first.Lose();
        faked.Server.Answer = _ => new TaskCompletionSource<Wire.WireReply>().Task;
        await faked.Clock.PassAsync(TimeSpan.FromSeconds(1));
        var second = await faked.Server.NextLinkAsync();
        await second.NextCallAsync();
        faked.Server.Answer = FakeServer.Done;
        second.Lose();
        await faked.Clock.PassAsync(TimeSpan.FromSeconds(2));
        var third = await faked.Server.NextLinkAsync();
        await faked.StateAsync(ConnectionState.Connected);
        Assert.Equal("""JoinChannel {"channel":"one","token":null}""", Assert.Single(third.Calls));
        Assert.True(channel.IsJoined);
    }

    [Fact]
    public async Task What_was_left_when_the_connection_broke_does_not_come_back()
    {
        await using var faked = new FakedClient();
        var first = await faked.ConnectAsync();
        var (one, _) = await ArrangeAsync(faked);
        _ = first.Calls;
        faked.Server.Answer = call => call.StartsWith("Leave", StringComparison.Ordinal)
            || call.StartsWith("Unsub", StringComparison.Ordinal)
            ? new TaskCompletionSource<Wire.WireReply>().Task
            : FakeServer.Done(call);
        Task[] leaving = [one.LeaveTopicAsync("a"), one.UnsubscribeTopicAsync("t2", ["u3"])];
        await first.NextCallAsync();
        await first.NextCallAsync();
        first.Lose();
        await Task.WhenAll(leaving).Guard();
        await faked.Clock.PassAsync(TimeSpan.FromSeconds(1));
        var second = await faked.Server.NextLinkAsync();
        await faked.StateAsync(ConnectionState.Connected);
        Assert.Equal(
            [
                Expected[0], Expected[1],
                """SubscribeTopic {"channel":"one","topic":"t2","users":["u1"]}""",
                Expected[4], Expected[5],
            ],
            second.Calls);
    }

    /// <summary>
    /// Guards against a race: the answer has come and is still on its way to the book of what the app has, while the
    /// keeper knows already that the connection is lost. What is restored must wait for it.
    /// </summary>
    [Fact]
    public async Task A_join_that_was_answered_just_before_the_connection_broke_comes_back()
    {
        await using var faked = new FakedClient(options => options with
        {
            Reconnect = new() { DelayBase = TimeSpan.FromTicks(1), DelayMax = TimeSpan.FromTicks(1) },
        });
        var first = await faked.ConnectAsync();
        var channel = await faked.Client.JoinStreamChannelAsync("one");
        var arrival = new TaskCompletionSource();
        first.Arrival = arrival.Task;
        var joining = channel.JoinTopicAsync("t");
        first.Lose();
        await first.Disposed;
        // Nothing may be restored yet; a client that does not wait has gone on by itself here, since it has no delay.
        for (var i = 0; i < 1000; i++)
            await Task.Yield();
        arrival.SetResult();
        await joining.Guard();
        await faked.StateAsync(ConnectionState.Connected);
        Assert.Equal(
            ["JoinChannel", "JoinTopic"],
            (await faked.Server.NextLinkAsync()).Calls.Select(call => call.Split(' ')[0]));
    }

    /// <summary>Two channels, roles and subscriptions, some of which were changed or given up meanwhile.</summary>
    private static async Task<(StreamChannel One, Feed<TopicMessage> T1)> ArrangeAsync(FakedClient faked)
    {
        var tokens = 0;
        var one = await faked.Client.JoinStreamChannelAsync("one", new() { TokenProvider = _ => new($"chan-{++tokens}") });
        var gone = await faked.Client.JoinStreamChannelAsync("gone");
        await faked.Client.JoinStreamChannelAsync("two");
        await gone.JoinTopicAsync("x");
        await gone.LeaveAsync();
        await one.JoinTopicAsync("c");
        await one.JoinTopicAsync("b", new() { Qos = TopicQos.Ordered, Priority = MessagePriority.High, Meta = "m" });
        await one.JoinTopicAsync("a");
        await one.LeaveTopicAsync("c");
        await one.SubscribeTopicAsync("t2", ["u1", "u2"]);
        var t1 = await one.SubscribeTopicAsync("t1", ["u4"]);
        await one.SubscribeTopicAsync("t2", ["u3", "u1"]);
        await one.UnsubscribeTopicAsync("t2", ["u2"]);
        return (one, t1.Messages);
    }
}
