using ImOrleans.Client.Tests.Fakes;
using ImOrleans.TestKit;

namespace ImOrleans.Client.Tests.Server;

/// <summary>The client against a real server that stays up.</summary>
public sealed class FlowTests(RealServer server) : IClassFixture<RealServer>
{
    [Fact]
    public async Task Two_users_walk_through_the_whole_flow()
    {
        await using var alice = await server.ConnectAsync("flow-alice");
        await using var bob = await server.ConnectAsync("flow-bob");
        var hers = await alice.JoinStreamChannelAsync("MyChannel");
        var his = await bob.JoinStreamChannelAsync("MyChannel");
        var events = new FeedReader<TopicEvent>(his.TopicEvents);
        Assert.Empty(Assert.IsType<TopicSnapshot>(await events.NextAsync()).Topics);

        await hers.JoinTopicAsync("MyTopic", new() { Qos = TopicQos.Ordered, Priority = MessagePriority.High, Meta = "m" });
        Assert.Equal(new PublisherJoined("MyChannel", "MyTopic", "flow-alice"), await events.NextAsync());
        Assert.Equal("flow-alice", Assert.Single(his.Publishers["MyTopic"]));

        var subscription = await his.SubscribeTopicAsync("MyTopic");
        Assert.Equal(["flow-alice"], subscription.Succeeded);
        Assert.Empty(subscription.Failed);
        var messages = new FeedReader<TopicMessage>(subscription.Messages);
        await hers.PublishAsync("MyTopic", "Hello 世界", new() { CustomType = "greeting", SendTimestamp = -5 });
        byte[] everyByte = [.. Enumerable.Range(0, 1024).Select(i => (byte)i)];
        await hers.PublishAsync("MyTopic", everyByte);
        var text = await messages.NextAsync();
        Assert.Equal(
            new("MyChannel", "MyTopic", "flow-alice", "Hello 世界", "greeting", text.SentAt, -5), text);
        Assert.InRange(text.SentAt, DateTimeOffset.UtcNow.AddMinutes(-1), DateTimeOffset.UtcNow);
        Assert.Equal((Payload)everyByte, (await messages.NextAsync()).Payload);

        Assert.Equal(["flow-alice"], await his.GetSubscribedUsersAsync("MyTopic"));
        await his.UnsubscribeTopicAsync("MyTopic");
        Assert.Empty(await his.GetSubscribedUsersAsync("MyTopic"));
        Assert.True(await messages.HasEndedAsync());
        await hers.LeaveTopicAsync("MyTopic");
        Assert.Equal(new PublisherLeft("MyChannel", "MyTopic", "flow-alice"), await events.NextAsync());
        Assert.Empty(his.Publishers);
        await his.LeaveAsync();
        Assert.True(await events.HasEndedAsync());

        var sentAt = await bob.PublishToUserAsync("flow-alice", "hi", new() { CustomType = "ct" });
        var direct = await new FeedReader<UserMessage>(alice.UserMessages).NextAsync();
        Assert.Equal(new("flow-bob", "flow-alice", "hi", "ct", sentAt), direct);
        await alice.DisconnectAsync();
        Assert.Equal(11033, (await Assert.ThrowsAsync<RtmException>(() => bob.PublishToUserAsync("flow-alice", "x"))).Code);
    }

    [Fact]
    public async Task Refusals_carry_their_codes()
    {
        await using var client = await server.ConnectAsync("refused");
        var channel = await client.JoinStreamChannelAsync("refused");
        await channel.JoinTopicAsync("t");
        (int, string, Func<Task>)[] calls =
        [
            (10008, "INVALID_CHANNEL_NAME", () => client.JoinStreamChannelAsync("_x")),
            (11007, "CHANNEL_JOIN_FAILED", () => client.JoinStreamChannelAsync("refused")),
            (10006, "INVALID_USER_ID", () => client.PublishToUserAsync("", "x")),
            (11010, "CHANNEL_MESSAGE_LENGTH_EXCEED_LIMITATION", () => channel.PublishAsync("t", new string('x', 1025))),
            (11029, "CHANNEL_CUSTOM_TYPE_LENGTH_OVERFLOW",
                () => channel.PublishAsync("t", "x", new() { CustomType = new string('x', 33) })),
            (11016, "CHANNEL_TOPIC_NOT_JOINED", () => channel.PublishAsync("other", "x")),
            (11015, "CHANNEL_JOIN_TOPIC_FAILED", () => channel.JoinTopicAsync("t")),
            (11008, "CHANNEL_INVALID_TOPIC_NAME", () => channel.JoinTopicAsync("a/b")),
            (11018, "CHANNEL_INVALID_TOPIC_META", () => channel.JoinTopicAsync("u", new() { Meta = new string('x', 257) })),
            (11016, "CHANNEL_TOPIC_NOT_JOINED", () => channel.LeaveTopicAsync("other")),
            (11013, "CHANNEL_TOPIC_NOT_SUBSCRIBED", () => channel.UnsubscribeTopicAsync("other")),
            (11011, "CHANNEL_INVALID_USER_LIST",
                () => channel.SubscribeTopicAsync("t", Enumerable.Range(0, 257).Select(i => $"u{i}"))),
            (10005, "INVALID_TOKEN", () => client.RenewTokenAsync("nonsense")),
            (10005, "INVALID_TOKEN",
                () => client.JoinStreamChannelAsync("closed", new() { TokenProvider = _ => new("nonsense") })),
        ];
        foreach (var (code, error, call) in calls)
        {
            var refused = await Assert.ThrowsAsync<RtmException>(() => call().Guard());
            Assert.Equal((code, error), (refused.Code, refused.Error));
        }

        // None of them has cost anything.
        await channel.PublishAsync("t", "x");
        await client.JoinStreamChannelAsync("closed");
    }

    [Fact]
    public async Task A_login_that_is_refused_says_why()
    {
        (int, Func<RtmClientOptions, RtmClientOptions>)[] cases =
        [
            (10005, options => options with { TokenProvider = _ => new("nonsense") }),
            (10009, options => options with { TokenProvider = _ => new(RealServer.Token("refused", -5)) }),
            (10006, options => options with { TokenProvider = _ => new(RealServer.Token("*")) }),
            (10014, options => options with { Device = "\u0001" }),
            (10025, options => options with { Server = new("http://127.0.0.1:1") }),
        ];
        foreach (var (code, change) in cases)
        {
            await using var client = server.NewClient("refused", change: change);
            Assert.Equal(code, (await Assert.ThrowsAsync<RtmException>(() => client.ConnectAsync().Guard())).Code);
        }
    }

    [Fact]
    public async Task Thousands_of_messages_that_nobody_waits_for_one_by_one_arrive_in_order()
    {
        const int Messages = 5000;
        await using var publisher = await server.ConnectAsync("many-publisher");
        await using var subscriber = await server.ConnectAsync(
            "many-subscriber", change: options => options with { FeedItemsMax = Messages });
        var hers = await publisher.JoinStreamChannelAsync("many");
        await hers.JoinTopicAsync("t");
        var his = await subscriber.JoinStreamChannelAsync("many");
        var messages = new FeedReader<TopicMessage>((await his.SubscribeTopicAsync("t", ["many-publisher"])).Messages);

        await Task.WhenAll(Enumerable.Range(0, Messages).Select(i => hers.PublishAsync("t", $"{i}"))).Guard();
        for (var i = 0; i < Messages; i++)
        {
            var message = await messages.NextAsync();
            Assert.Equal(($"{i}", 0), (message.Payload.Text, message.DroppedBefore));
        }
    }

    [Fact]
    public async Task A_reader_that_is_too_slow_loses_the_oldest_and_is_told_and_holds_up_nothing()
    {
        await using var publisher = await server.ConnectAsync("slow-publisher");
        await using var subscriber = await server.ConnectAsync(
            "slow-subscriber", change: options => options with { FeedItemsMax = 10 });
        var hers = await publisher.JoinStreamChannelAsync("slow");
        await hers.JoinTopicAsync("t");
        await hers.JoinTopicAsync("end");
        var his = await subscriber.JoinStreamChannelAsync("slow");
        var slow = (await his.SubscribeTopicAsync("t", ["slow-publisher"])).Messages;
        await Task.WhenAll(Enumerable.Range(0, 1000).Select(i => hers.PublishAsync("t", $"{i}"))).Guard();
        // Nobody reads, and still calls are answered. The last one has come when as many were dropped as there is no room for.
        await subscriber.GetServerTimeAsync().Guard();
        var user = new FeedReader<UserMessage>(subscriber.UserMessages);
        await publisher.PublishToUserAsync("slow-subscriber", "now");
        await user.NextAsync();
        var reader = new FeedReader<TopicMessage>(slow);
        var (next, received) = (0L, 0);
        while (next < 1000)
        {
            var message = await reader.NextAsync();
            next += message.DroppedBefore;
            Assert.Equal($"{next++}", message.Payload.Text);
            received++;
        }

        Assert.Equal(1000 - received, slow.Dropped);
        Assert.True(slow.Dropped > 0);
    }

    [Fact]
    public async Task A_device_that_connects_again_elsewhere_ends_the_older_client_for_good()
    {
        await using var older = await server.ConnectAsync("twice");
        var events = new FeedReader<ClientEvent>(older.Events);
        await using var tablet = await server.ConnectAsync("twice", change: options => options with { Device = "my tablet" });
        await using var newer = await server.ConnectAsync("twice");
        var failed = await RealServer.StateAsync(events, ConnectionState.Failed);
        Assert.Equal((3503, ConnectionReasons.SameUidLogin), (failed.CloseCode!.Value, failed.Reason));
        await newer.GetServerTimeAsync();
        await tablet.GetServerTimeAsync();
        Assert.Equal(ConnectionState.Connected, newer.State);
    }

    [Fact]
    public async Task A_short_lived_login_lives_on_since_the_client_renews_it()
    {
        await using var client = await server.ConnectAsync("renewing", tokenSeconds: 6);
        var events = new FeedReader<ClientEvent>(client.Events);
        // At once, then after half a life each: longer than one life in all.
        for (var i = 0; i < 4; i++)
            await events.NextAsync<TokenRenewed>();
        Assert.Equal(ConnectionState.Connected, client.State);
        await client.GetServerTimeAsync();
    }

    [Fact]
    public async Task A_login_that_is_not_renewed_fails_for_good()
    {
        await using var client = await server.ConnectAsync(
            "expiring", tokenSeconds: 2, change: options => options with { RenewTokens = false });
        var events = new FeedReader<ClientEvent>(client.Events);
        await events.NextAsync<TokenExpired>();
        var failed = await RealServer.StateAsync(events, ConnectionState.Failed);
        Assert.Equal((3500, ConnectionReasons.TokenExpired), (failed.CloseCode!.Value, failed.Reason));
        Assert.Equal(10009, ((RtmException)failed.Error!).Code);
    }

    [Fact]
    public async Task A_channels_token_is_renewed_or_the_channel_ends()
    {
        await using var client = await server.ConnectAsync("chan");
        var events = new FeedReader<ClientEvent>(client.Events);
        var lives = await client.JoinStreamChannelAsync(
            "lives", new() { TokenProvider = _ => new(RealServer.Token("chan", 6, "lives")) });
        var renewed = await events.NextAsync<TokenRenewed>();
        Assert.Equal("lives", renewed.Channel);
        await lives.RenewTokenAsync(RealServer.Token("chan", 3600, "lives"));

        var tokens = new Queue<string>([RealServer.Token("chan", 6, "ends")]);
        var ends = await client.JoinStreamChannelAsync("ends", new() { TokenProvider = _ => new(tokens.Dequeue()) });
        Assert.Equal("ends", (await events.NextAsync<TokenRenewalFailed>()).Channel);
        Assert.Equal("ends", (await events.NextAsync<TokenExpired>()).Channel);
        Assert.False(ends.IsJoined);
        Assert.True(lives.IsJoined);
        Assert.Equal(ConnectionState.Connected, client.State);
    }

    [Fact]
    public async Task What_a_cancelled_call_had_done_is_undone()
    {
        await using var client = await server.ConnectAsync("cancelling");
        using var stop = new CancellationTokenSource();
        var joining = client.JoinStreamChannelAsync("cancelled", cancellationToken: stop.Token);
        await stop.CancelAsync();
        try
        {
            await (await joining.Guard()).LeaveAsync();
        }
        catch (OperationCanceledException)
        {
            // Almost always: an answer is rarely that fast.
        }

        // The undoing went out before, so that the name is free again as soon as it is answered.
        while (true)
        {
            try
            {
                await client.JoinStreamChannelAsync("cancelled");
                return;
            }
            catch (RtmException busy) when (busy.Code == 11007)
            {
                await client.GetServerTimeAsync();
            }
        }
    }
}
