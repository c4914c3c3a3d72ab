using System.Diagnostics;
using System.Text.Json;
using Microsoft.AspNetCore.SignalR.Client;
using ImOrleans.ClientKit;

namespace ImOrleans.EndToEnd.Tests;

/// <summary>The flow that the stream channel SDK's guide shows, step by step, with .NET's own SignalR client.</summary>
public sealed class SeedFlowTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private ServerProcess Server => fixture.Server;

    [Fact]
    public async Task Two_users_walk_through_the_whole_flow()
    {
        await using var alice = await Server.ConnectAsync("flow-alice");
        await using var bob = await Server.ConnectAsync("flow-bob");

        // Join the channel: the snapshot comes first, also when it is empty.
        var joined = await alice.DoAsync("JoinChannel", new { channel = "MyChannel" });
        Assert.Equal("{}", joined.GetProperty("topics").GetRawText());
        var snapshot = await alice.TopicEvents.NextAsync();
        Assert.Equal("snapshot", snapshot.GetProperty("type").GetString());
        await bob.DoAsync("JoinChannel", new { channel = "MyChannel" });
        await bob.TopicEvents.NextAsync();

        // Join a topic: everybody in the channel hears of the new publisher.
        await alice.DoAsync("JoinTopic", new { channel = "MyChannel", topic = "MyTopic", qos = "ordered" });
        foreach (var client in (RtmClient[])[alice, bob])
        {
            var join = await client.TopicEvents.NextAsync();
            Assert.Equal(
                """{"type":"join","channel":"MyChannel","topic":"MyTopic","userId":"flow-alice"}""", join.GetRawText());
        }

        // Subscribe to the publisher, receive.
        var subscribed = await bob.DoAsync(
            "SubscribeTopic", new { channel = "MyChannel", topic = "MyTopic", users = new[] { "flow-alice" } });
        Assert.Equal("""{"succeeded":["flow-alice"],"failed":[]}""", subscribed.GetRawText());
        await alice.DoAsync(
            "PublishTopic",
            new { channel = "MyChannel", topic = "MyTopic", messageType = "string", payload = "Hello world!", customType = "ct" });
        var message = await bob.Messages.NextAsync();
        Assert.Equal("MyChannel", message.GetProperty("channel").GetString());
        Assert.Equal("stream", message.GetProperty("channelType").GetString());
        Assert.Equal("MyTopic", message.GetProperty("topic").GetString());
        Assert.Equal("flow-alice", message.GetProperty("publisher").GetString());
        Assert.Equal("string", message.GetProperty("messageType").GetString());
        Assert.Equal("Hello world!", message.GetProperty("payload").GetString());
        Assert.Equal("ct", message.GetProperty("customType").GetString());

        // List, unsubscribe: nothing comes any more.
        var listed = await bob.DoAsync("GetSubscribedUsers", new { channel = "MyChannel", topic = "MyTopic" });
        Assert.Equal("""{"users":["flow-alice"]}""", listed.GetRawText());
        await bob.DoAsync(
            "UnsubscribeTopic", new { channel = "MyChannel", topic = "MyTopic", users = new[] { "flow-alice" } });
        listed = await bob.DoAsync("GetSubscribedUsers", new { channel = "MyChannel", topic = "MyTopic" });
        Assert.Equal("""{"users":[]}""", listed.GetRawText());

        // Leave the topic, leave the channel, log out.
        await alice.DoAsync("LeaveTopic", new { channel = "MyChannel", topic = "MyTopic" });
        var leave = await bob.TopicEvents.NextAsync();
        Assert.Equal(
            """{"type":"leave","channel":"MyChannel","topic":"MyTopic","userId":"flow-alice"}""", leave.GetRawText());
        await alice.DoAsync("LeaveChannel", new { channel = "MyChannel" });
        Assert.Equal(11001, await alice.CodeAsync("LeaveChannel", new { channel = "MyChannel" }));
        await alice.DoAsync("Logout", new { });
        var loggedOut = await alice.ConnectionEvents.NextAsync();
        Assert.Equal(10002, loggedOut.GetProperty("reason").GetInt32());
        Assert.Equal(10002, await alice.CodeAsync("JoinChannel", new { channel = "MyChannel" }));
    }

    [Fact]
    public async Task Binary_payloads_arrive_byte_for_byte_and_large_bursts_in_order()
    {
        await using var publisher = await Server.ConnectAsync("order-publisher");
        await using var subscriber = await Server.ConnectAsync("order-subscriber");
        await PublishingInAsync(publisher, "order", "t");
        await subscriber.DoAsync("JoinChannel", new { channel = "order" });
        await subscriber.DoAsync("SubscribeTopic", new { channel = "order", topic = "t", users = Array.Empty<string>() });

        var everyByte = Enumerable.Range(0, 1024).Select(i => (byte)i).ToArray();
        await publisher.DoAsync(
            "PublishTopic",
            new { channel = "order", topic = "t", messageType = "binary", payload = Convert.ToBase64String(everyByte) });
        Assert.Equal(everyByte, (await subscriber.Messages.NextAsync()).GetProperty("payload").GetBytesFromBase64());

        // Not awaited one by one: the connection's own order has to hold.
        var calls = Enumerable.Range(0, 150).Select(i => publisher.CodeAsync(
            "PublishTopic", new { channel = "order", topic = "t", messageType = "string", payload = $"{i}" })).ToList();
        Assert.All(await Task.WhenAll(calls), code => Assert.Equal(0, code));
        for (var i = 0; i < calls.Count; i++)
            Assert.Equal($"{i}", (await subscriber.Messages.NextAsync()).GetProperty("payload").GetString());
    }

    [Fact]
    public async Task A_user_message_reaches_every_device_and_nobody_else()
    {
        await using var sender = await Server.ConnectAsync("p2p-sender");
        await using var phone = await Server.ConnectAsync("p2p-receiver", "&device=phone");
        await using var tablet = await Server.ConnectAsync("p2p-receiver", "&device=tablet");
        await using var other = await Server.ConnectAsync("p2p-other");

        var sent = await sender.DoAsync(
            "Publish", new { channel = "p2p-receiver", channelType = "user", messageType = "string", payload = "héllo 世界" });
        foreach (var device in (RtmClient[])[phone, tablet])
        {
            var message = await device.Messages.NextAsync();
            Assert.Equal("user", message.GetProperty("channelType").GetString());
            Assert.Equal("p2p-receiver", message.GetProperty("channel").GetString());
            Assert.Equal("p2p-sender", message.GetProperty("publisher").GetString());
            Assert.Equal("héllo 世界", message.GetProperty("payload").GetString());
            Assert.Equal(sent.GetProperty("sentAt").GetInt64(), message.GetProperty("sentAt").GetInt64());
        }

        Assert.Equal(0, other.Messages.Count);
        Assert.Equal(
            11033,
            await sender.CodeAsync(
                "Publish", new { channel = "p2p-nobody", channelType = "user", messageType = "string", payload = "x" }));
    }

    [Fact]
    public async Task A_second_connection_of_a_device_takes_over_and_the_older_is_told_19()
    {
        await using var older = await Server.ConnectAsync("takeover");
        await older.DoAsync("JoinChannel", new { channel = "takeover" });
        await using var newer = await Server.ConnectAsync("takeover");

        var told = await older.ConnectionEvents.NextAsync();
        Assert.Equal(5, told.GetProperty("state").GetInt32());
        Assert.Equal(19, told.GetProperty("reason").GetInt32());
        Assert.Equal(3503, told.GetProperty("closeCode").GetInt32());
        await older.Closed;
        await newer.DoAsync("JoinChannel", new { channel = "takeover" });
    }

    [Fact]
    public async Task A_lost_connection_leaves_its_topics_after_its_presence_timeout_and_others_are_told()
    {
        await using var watcher = await Server.ConnectAsync("lost-watcher");
        await watcher.DoAsync("JoinChannel", new { channel = "lost" });
        await watcher.TopicEvents.NextAsync();
        var lost = await Server.ConnectAsync("lost-publisher", "&presenceTimeout=5");
        await PublishingInAsync(lost, "lost", "t");
        Assert.Equal("join", (await watcher.TopicEvents.NextAsync()).GetProperty("type").GetString());

        var lostAt = Stopwatch.GetTimestamp();
        await lost.DisposeAsync();

        var leave = await watcher.TopicEvents.NextAsync();
        Assert.True(Stopwatch.GetElapsedTime(lostAt) > TimeSpan.FromSeconds(4.9));
        Assert.Equal(
            """{"type":"leave","channel":"lost","topic":"t","userId":"lost-publisher"}""", leave.GetRawText());
    }

    [Fact]
    public async Task Server_time_is_near_ours()
    {
        await using var client = await Server.ConnectAsync("clock");
        var before = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        var reply = await client.Connection.InvokeAsync<JsonElement>("GetServerTime");
        var now = reply.GetProperty("data").GetProperty("now").GetInt64();
        Assert.InRange(now, before, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
    }

    internal static async Task PublishingInAsync(RtmClient client, string channel, string topic)
    {
        await client.DoAsync("JoinChannel", new { channel });
        await client.DoAsync("JoinTopic", new { channel, topic });
    }
}
