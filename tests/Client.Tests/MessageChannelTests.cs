using System.Text.Json;
using ImOrleans.Client.Tests.Fakes;
using ImOrleans.Client.Wire;
using ImOrleans.TestKit;

namespace ImOrleans.Client.Tests;

/// <summary>Message channels, on links that the test breaks.</summary>
public sealed class MessageChannelTests
{
    private const string First =
        """Subscribe {"channel":"c","withMessage":true,"withPresence":true,"beQuiet":false,"withMetadata":false,"withLock":false,"since":null}""";

    [Fact]
    public async Task A_channel_is_subscribed_to_and_its_messages_come_to_its_feed()
    {
        await using var faked = new FakedClient();
        var link = await faked.ConnectAsync();

        var channel = await faked.Client.SubscribeChannelAsync("c");
        var published = await faked.Client.PublishToChannelAsync("c", "hi", new() { CustomType = "t", IdempotencyKey = "k" });
        Tell(link, 1);

        Assert.Equal(
            [
                First,
                """
                Publish {"channel":"c","channelType":"message","messageType":"string","payload":"hi","customType":"t",
                "idempotencyKey":"k","storeInHistory":false}
                """.ReplaceLineEndings(""),
            ],
            link.Calls);
        Assert.Equal(new(1, "e1"), published.Position);
        var message = await new FeedReader<ChannelMessage>(channel.Messages).NextAsync();
        Assert.Equal(
            new("c", "pub", "m1", "t", DateTimeOffset.FromUnixTimeMilliseconds(1001), new(1, "e1")), message);
        Assert.True(channel.IsSubscribed);
        Assert.Equal(new(1, "e1"), channel.Position);
    }

    [Fact]
    public async Task An_app_chooses_its_feeds_and_where_it_goes_on()
    {
        await using var faked = new FakedClient();
        var link = await faked.ConnectAsync();
        faked.Server.Answer = _ => Subscribed(9, true, 8, 9);

        var channel = await faked.Client.SubscribeChannelAsync("c", new()
        {
            WithPresence = false, WithMetadata = true, WithLocks = true, Since = new(7, "e1"),
        });

        Assert.Equal(
            """
            Subscribe {"channel":"c","withMessage":true,"withPresence":false,"beQuiet":false,"withMetadata":true,"withLock":true,
            "since":{"offset":7,"epoch":"e1"}}
            """.ReplaceLineEndings(""),
            await link.NextCallAsync());
        Assert.Equal(["m8", "m9"], await TextsAsync(channel, 2));
        link.Events.OnStorageEvents([new("channel", "c", "message", "set", 1, [new("k", "v", 1, "ann", 5)])]);
        link.Events.OnLockEvents([new("set", "c", "message", [new("door", "", 10)])]);
        Assert.Equal(StorageEventType.Set, (await new FeedReader<StorageEvent>(channel.StorageEvents).NextAsync()).Type);
        Assert.Equal(LockEventType.Set, (await new FeedReader<LockEvent>(channel.LockEvents).NextAsync()).Type);
    }

    [Fact]
    public async Task After_a_reconnect_what_was_missed_comes_first_and_nothing_twice()
    {
        await using var faked = new FakedClient();
        var first = await faked.ConnectAsync();
        var channel = await faked.Client.SubscribeChannelAsync("c");
        Tell(first, 1, 2);
        first.Lose();
        var answer = new TaskCompletionSource<WireReply>();
        faked.Server.Answer = _ => answer.Task;
        await faked.Clock.PassAsync(TimeSpan.FromSeconds(1));
        var second = await faked.Server.NextLinkAsync();
        Assert.EndsWith("\"since\":{\"offset\":2,\"epoch\":\"e1\"}}", await second.NextCallAsync(), StringComparison.Ordinal);

        Tell(second, 5);
        answer.SetResult(await Subscribed(4, true, 3, 4));
        await faked.StateAsync(ConnectionState.Connected);
        Tell(second, 6);

        Assert.Equal(["m1", "m2", "m3", "m4", "m5", "m6"], await TextsAsync(channel, 6));
    }

    [Fact]
    public async Task What_is_gone_is_told_to_the_app()
    {
        await using var faked = new FakedClient();
        var first = await faked.ConnectAsync();
        var channel = await faked.Client.SubscribeChannelAsync("c");
        first.Lose();
        faked.Server.Answer = _ => Subscribed(500, false);
        await faked.Clock.PassAsync(TimeSpan.FromSeconds(1));
        var second = await faked.Server.NextLinkAsync();
        Assert.Equal("c", (await faked.Events.NextAsync<MessagesMissed>()).Channel);
        await faked.StateAsync(ConnectionState.Connected);

        Tell(second, 501, 502);

        var feed = new FeedReader<ChannelMessage>(channel.Messages);
        Assert.Equal((true, false), ((await feed.NextAsync()).GapBefore, (await feed.NextAsync()).GapBefore));
    }

    [Fact]
    public async Task A_gap_among_the_events_is_filled()
    {
        await using var faked = new FakedClient();
        var link = await faked.ConnectAsync();
        var channel = await faked.Client.SubscribeChannelAsync("c");
        Tell(link, 1);
        _ = link.Calls;
        faked.Server.Answer = _ => Subscribed(4, true, 2, 3, 4);

        Tell(link, 4);

        Assert.EndsWith("\"since\":{\"offset\":1,\"epoch\":\"e1\"}}", await link.NextCallAsync(), StringComparison.Ordinal);
        Assert.Equal(["m1", "m2", "m3", "m4"], await TextsAsync(channel, 4));
    }

    [Fact]
    public async Task A_gap_that_the_server_does_not_fill_is_told_to_the_app()
    {
        await using var faked = new FakedClient();
        var link = await faked.ConnectAsync();
        var channel = await faked.Client.SubscribeChannelAsync("c");
        faked.Server.Answer = _ => FakeServer.Refuse(11020, retryable: true, retryAfterMs: 3000);

        Tell(link, 4);

        await faked.Events.NextAsync<MessagesMissed>();
        Assert.True((await new FeedReader<ChannelMessage>(channel.Messages).NextAsync()).GapBefore);
        Assert.True(channel.IsSubscribed);
    }

    [Fact]
    public async Task A_channel_that_was_unsubscribed_ends_and_does_not_come_back()
    {
        await using var faked = new FakedClient();
        var first = await faked.ConnectAsync();
        var channel = await faked.Client.SubscribeChannelAsync("c");
        await channel.UnsubscribeAsync();
        await channel.UnsubscribeAsync();
        Assert.True(await new FeedReader<ChannelMessage>(channel.Messages).HasEndedAsync());
        Assert.False(channel.IsSubscribed);
        Assert.Equal([First, """Unsubscribe {"channel":"c"}"""], first.Calls);

        first.Lose();
        await faked.Clock.PassAsync(TimeSpan.FromSeconds(1));
        var second = await faked.Server.NextLinkAsync();
        await faked.StateAsync(ConnectionState.Connected);
        Assert.Empty(second.Calls);
        await faked.Client.SubscribeChannelAsync("c");
    }

    [Fact]
    public async Task A_channel_that_cannot_be_restored_is_told_and_given_up()
    {
        await using var faked = new FakedClient();
        var first = await faked.ConnectAsync();
        var channel = await faked.Client.SubscribeChannelAsync("c");
        first.Lose();
        faked.Server.Answer = _ => FakeServer.Refuse(11021);
        await faked.Clock.PassAsync(TimeSpan.FromSeconds(1));

        var failed = await faked.Events.NextAsync<RestoreFailed>();

        Assert.Equal(("c", true, null), (failed.Channel, failed.IsMessageChannel, failed.Topic));
        await faked.StateAsync(ConnectionState.Connected);
        var ended = await Assert.ThrowsAsync<RtmException>(new FeedReader<ChannelMessage>(channel.Messages).NextAsync);
        Assert.Equal(11021, ended.Code);
    }

    [Fact]
    public async Task A_channel_is_subscribed_to_once_and_a_refused_one_can_be_asked_for_again()
    {
        await using var faked = new FakedClient();
        await faked.ConnectAsync();
        faked.Server.Answer = _ => FakeServer.Refuse(11005);
        Assert.Equal(11005, await CodeAsync(faked));
        faked.Server.Answer = FakeServer.Done;
        Assert.Equal(0, await CodeAsync(faked));
        Assert.Equal(10017, await CodeAsync(faked));
    }

    [Fact]
    public async Task A_subscription_whose_caller_has_gone_is_undone()
    {
        await using var faked = new FakedClient();
        var link = await faked.ConnectAsync();
        var answer = new TaskCompletionSource<WireReply>();
        faked.Server.Answer = call =>
            call.StartsWith("Subscribe", StringComparison.Ordinal) ? answer.Task : FakeServer.Done(call);
        using var impatience = new CancellationTokenSource();
        var subscribing = faked.Client.SubscribeChannelAsync("c", cancellationToken: impatience.Token);
        await link.NextCallAsync();
        await impatience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => subscribing.Guard());

        answer.SetResult(await Subscribed(0, null));

        Assert.Equal("""Unsubscribe {"channel":"c"}""", await link.NextCallAsync());
    }

    private static void Tell(FakeLink link, params long[] offsets) =>
        link.Events.OnMessages([.. offsets.Select(offset => new WireMessage(
            "c", "message", null, "pub", "string", $"m{offset}", "t", 1000 + offset, null, offset, "e1"))]);

    private static Task<WireReply> Subscribed(long position, bool? recovered, params long[] missed) => Task.FromResult(
        new WireReply(0, JsonSerializer.SerializeToElement(new
        {
            position = new { offset = position, epoch = "e1" },
            recovered,
            messages = missed.Select(offset => new
            {
                channel = "c", channelType = "message", publisher = "pub", messageType = "string", payload = $"m{offset}",
                sentAt = 1000 + offset, offset, epoch = "e1",
            }),
        })));

    private static async Task<IReadOnlyList<string?>> TextsAsync(MessageChannel channel, int count)
    {
        var feed = new FeedReader<ChannelMessage>(channel.Messages);
        var texts = new List<string?>();
        while (texts.Count < count)
        {
            var message = await feed.NextAsync();
            Assert.False(message.GapBefore);
            texts.Add(message.Payload.Text);
        }

        return texts;
    }

    private static async Task<int> CodeAsync(FakedClient faked)
    {
        try
        {
            await faked.Client.SubscribeChannelAsync("c").Guard();
            return 0;
        }
        catch (RtmException refused)
        {
            return refused.Code;
        }
    }
}
