using System.Text.Json;
using ImOrleans.ClientKit;

namespace ImOrleans.EndToEnd.Tests;

/// <summary>Message channels, as any client sees them.</summary>
public sealed class MessageChannelTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private const int Burst = 60;

    private ServerProcess Server => fixture.Server;

    [Fact]
    public async Task Who_subscribes_receives_what_others_publish_without_subscribing()
    {
        await using var listener = await Server.ConnectAsync("mc-listener");
        await using var publisher = await Server.ConnectAsync("mc-publisher");
        var position = await SubscribeAsync(listener, "mc");
        Assert.Equal(0, position.GetProperty("offset").GetInt64());

        var published = await publisher.DoAsync(
            "Publish",
            new { channel = "mc", channelType = "message", messageType = "string", payload = "héllo 世界", customType = "ct" });

        var message = await listener.Messages.NextAsync();
        var sentAt = published.GetProperty("sentAt").GetInt64();
        var epoch = position.GetProperty("epoch").GetString();
        Assert.Equal(
            $$"""
            {"channel":"mc","channelType":"message","publisher":"mc-publisher","messageType":"string","payload":"héllo 世界",
            "customType":"ct","sentAt":{{sentAt}},"offset":1,"epoch":"{{epoch}}"}
            """.ReplaceLineEndings(""),
            message.GetRawText());
        Assert.Equal((1, epoch), (published.GetProperty("offset").GetInt64(), published.GetProperty("epoch").GetString()));
        Assert.Equal(0, publisher.Messages.Count);

        await listener.DoAsync("Unsubscribe", new { channel = "mc" });
        Assert.Equal(11002, await listener.CodeAsync("Unsubscribe", new { channel = "mc" }));
        await PublishAsync(publisher, "mc", "not heard");
        await PublishAsync(publisher, "mc-listener", "barrier", "user");
        Assert.Equal("barrier", Text(await listener.Messages.NextAsync()));
    }

    [Fact]
    public async Task A_publisher_that_is_subscribed_gets_its_own_copy_and_a_stream_channel_of_that_name_is_another()
    {
        await using var client = await Server.ConnectAsync("mc-own");
        await client.DoAsync("JoinChannel", new { channel = "own" });
        await SubscribeAsync(client, "own");
        await client.DoAsync("LeaveChannel", new { channel = "own" });

        await PublishAsync(client, "own", "mine");

        Assert.Equal("mine", Text(await client.Messages.NextAsync()));
    }

    [Fact]
    public async Task Who_comes_back_gets_the_whole_gap_then_what_is_new_and_nothing_twice()
    {
        await using var publisher = await Server.ConnectAsync("gap-publisher");
        JsonElement position;
        await using (var before = await Server.ConnectAsync("gap-listener"))
            position = await SubscribeAsync(before, "gap");
        for (var i = 1; i <= 20; i++)
            await PublishAsync(publisher, "gap", $"{i}");

        // It comes back while messages keep coming.
        await using var listener = await Server.ConnectAsync("gap-listener");
        var publishing = Enumerable.Range(21, 20).Select(i => PublishAsync(publisher, "gap", $"{i}")).ToArray();
        var back = await listener.DoAsync("Subscribe", new { channel = "gap", since = position });
        await Task.WhenAll(publishing);

        Assert.True(back.GetProperty("recovered").GetBoolean());
        var missed = back.GetProperty("messages").EnumerateArray().ToList();
        var received = missed.Select(Text).ToList();
        while (received.Count < 40)
            received.Add(Text(await listener.Messages.NextAsync()));
        Assert.Equal(Enumerable.Range(1, 40).Select(i => $"{i}"), received);
        Assert.Equal(missed.Count, back.GetProperty("position").GetProperty("offset").GetInt32());
        Assert.Equal("message", missed[0].GetProperty("channelType").GetString());
    }

    [Fact]
    public async Task A_gap_that_is_not_all_there_is_not_recovered_in_part()
    {
        await using var publisher = await Server.ConnectAsync("late-publisher");
        await using var listener = await Server.ConnectAsync("late-listener");
        var position = await SubscribeAsync(listener, "late");
        // 256 messages are kept; each publisher may send 60 in a second.
        var more = new List<RtmClient>();
        for (var i = 0; i < 5; i++)
        {
            var client = await Server.ConnectAsync($"late-{i}");
            more.Add(client);
            await Task.WhenAll(Enumerable.Range(0, Burst).Select(_ => PublishAsync(client, "late", "x")));
        }

        var back = await listener.DoAsync("Subscribe", new { channel = "late", since = position });

        Assert.False(back.GetProperty("recovered").GetBoolean());
        Assert.Equal(0, back.GetProperty("messages").GetArrayLength());
        Assert.Equal(5 * Burst, back.GetProperty("position").GetProperty("offset").GetInt32());
        foreach (var client in more)
            await client.DisposeAsync();
    }

    [Fact]
    public async Task A_publish_with_the_same_key_is_answered_alike_and_delivered_once()
    {
        await using var listener = await Server.ConnectAsync("key-listener");
        await using var publisher = await Server.ConnectAsync("key-publisher");
        await SubscribeAsync(listener, "key");
        var request = new
        {
            channel = "key", channelType = "message", messageType = "string", payload = "once", idempotencyKey = "k1",
        };

        var first = await publisher.DoAsync("Publish", request);
        var again = await publisher.DoAsync("Publish", request);
        await PublishAsync(publisher, "key", "next");

        Assert.Equal(first.GetRawText(), again.GetRawText());
        Assert.Equal("once", Text(await listener.Messages.NextAsync()));
        Assert.Equal("next", Text(await listener.Messages.NextAsync()));
    }

    [Fact]
    public async Task Messages_of_a_publisher_keep_their_order_and_32_KiB_is_the_most()
    {
        await using var listener = await Server.ConnectAsync("order-listener");
        await using var publisher = await Server.ConnectAsync("order-publisher");
        await SubscribeAsync(listener, "order");

        var calls = Enumerable.Range(1, Burst - 1).Select(i => PublishAsync(publisher, "order", $"{i}")).ToArray();
        await Task.WhenAll(calls);
        for (var i = 1; i < Burst; i++)
        {
            var message = await listener.Messages.NextAsync();
            Assert.Equal(($"{i}", i), (Text(message), message.GetProperty("offset").GetInt32()));
        }

        await using var large = await Server.ConnectAsync("order-large");
        Assert.Equal(11010, await CodeAsync(large, new string('x', (32 * 1024) + 1)));
        Assert.Equal(0, await CodeAsync(large, new string('x', 32 * 1024)));
        Assert.Equal(32 * 1024, Text(await listener.Messages.NextAsync()).Length);
    }

    [Fact]
    public async Task A_connection_that_is_lost_is_subscribed_to_nothing_any_more()
    {
        await using var publisher = await Server.ConnectAsync("gone-publisher");
        var lost = await Server.ConnectAsync("gone-listener");
        for (var i = 1; i <= 50; i++)
            await SubscribeAsync(lost, $"gone {i}");
        Assert.Equal(11005, await lost.CodeAsync("Subscribe", new { channel = "gone 51" }));
        await lost.DisposeAsync();

        await using var back = await Server.ConnectAsync("gone-listener");
        Assert.Equal(11002, await back.CodeAsync("Unsubscribe", new { channel = "gone 1" }));
        await SubscribeAsync(back, "gone 51");
        await PublishAsync(publisher, "gone 1", "not heard");
        await PublishAsync(publisher, "gone 51", "heard");
        Assert.Equal("heard", Text(await back.Messages.NextAsync()));
    }

    private static async Task<JsonElement> SubscribeAsync(RtmClient client, string channel) =>
        (await client.DoAsync("Subscribe", new { channel })).GetProperty("position");

    private static Task<JsonElement> PublishAsync(
        RtmClient client, string channel, string payload, string channelType = "message") =>
        client.DoAsync("Publish", new { channel, channelType, messageType = "string", payload });

    private static Task<int> CodeAsync(RtmClient client, string payload) => client.CodeAsync(
        "Publish", new { channel = "order", channelType = "message", messageType = "string", payload });

    private static string Text(JsonElement message) => message.GetProperty("payload").GetString()!;
}
