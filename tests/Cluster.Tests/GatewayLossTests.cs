using System.Text.Json;
using ImOrleans.ClientKit;

namespace ImOrleans.Cluster.Tests;

/// <summary>A gateway that is killed, and its clients, who come back to another one or do not.</summary>
public sealed class GatewayLossTests
{
    private const string Channel = "loss";
    private const string News = "news";

    private static readonly (string, string)[] Settings =
    [
        ("RateLimits:CallsPerSecond", "0"), ("RateLimits:MessagesPerSecond", "0"),
        ("RateLimits:TopicMessagesPerSecond", "0"), ("Presence:Debounce", "00:00:00"),
        ("GatewayLeases:LeaseDuration", "00:00:03"), ("GatewayLeases:PollPeriod", "00:00:01"),
        ("Gateway:LeaseRenewal", "00:00:01"), ("Delivery:LeaseCheckPeriod", "00:00:01"),
    ];

    /// <summary>
    /// One client comes back, at once or long after the lease has ended; another does not, and its presence time-out is
    /// the shortest.
    /// </summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Who_comes_back_has_all_that_it_had_and_nobody_notices_and_who_does_not_is_timed_out(bool isLate)
    {
        await using var cluster = await ServerCluster.StartAsync(2, Settings, hasFront: true);
        await using var proxy = new CuttableProxy(cluster.Front!.Address);
        await using var watcher = await cluster[0].ConnectAsync("watcher");
        await watcher.DoAsync("JoinChannel", new { channel = Channel, withPresence = true });
        await watcher.DoAsync("JoinTopic", new { channel = Channel, topic = "t", qos = "ordered" });
        foreach (var name in new[] { "mine", "theirs" })
            await watcher.DoAsync("SetLock", Lock(name));
        await watcher.DoAsync("AcquireLock", Lock("theirs"));
        await using var gone =
            await RtmClient.ConnectAsync(cluster.Front.Address, cluster[0].TokenFor("gone"), "&presenceTimeout=5");
        await gone.DoAsync("JoinChannel", new { channel = Channel });
        await gone.DoAsync("JoinTopic", new { channel = Channel, topic = "gone" });

        var token = cluster[0].TokenFor("mover");
        await using var before = await RtmClient.ConnectAsync(proxy.Address, token, "&session=");
        await before.DoAsync("JoinChannel", new { channel = Channel });
        await before.DoAsync("JoinTopic", new { channel = Channel, topic = "own", qos = "ordered" });
        await before.DoAsync("SubscribeTopic", new { channel = Channel, topic = "t", users = new[] { "watcher" } });
        await before.DoAsync("Subscribe", new { channel = News });
        await before.DoAsync("SetState", new { channel = Channel, channelType = "stream", state = new { mood = "fine" } });
        await before.DoAsync("SetState", new { channel = "later", channelType = "stream", state = new { seat = "1" } });
        var fencing = (await before.DoAsync("AcquireLock", Lock("mine"))).GetProperty("fencingToken").GetInt64();
        Assert.True((await before.DoAsync("AcquireLock", Lock("theirs"))).GetProperty("queued").GetBoolean());
        await PublishAsync(watcher, "1");
        var place = default(JsonElement);
        while (place.ValueKind == JsonValueKind.Undefined)
            if (await before.Messages.NextAsync() is var message && message.TryGetProperty("offset", out _))
                place = message;

        await cluster.Front.KillAsync();
        proxy.TurnTo(cluster[1].Address);
        proxy.Cut();
        await before.Closed;
        await PublishAsync(watcher, "2");
        var timedOut = watcher.PresenceEvents.NextAsync(told => told.GetProperty("type").GetString() == "timeout");
        if (isLate)
            await timedOut;

        await using var after = await RtmClient.ConnectAsync(
            proxy.Address, token,
            $"&session={before.Greeting.GetProperty("session").GetString()}&received={before.Received}");

        Assert.True(after.Greeting.GetProperty("resumed").GetBoolean());
        Assert.True(after.Greeting.GetProperty("lost").GetBoolean());

        // What a message channel keeps is there, what a topic had said meanwhile is not; then both go on.
        var since = new { offset = place.GetProperty("offset").GetInt64(), epoch = place.GetProperty("epoch").GetString() };
        var again = await after.DoAsync("Subscribe", new { channel = News, since });
        Assert.True(again.GetProperty("recovered").GetBoolean());
        Assert.Equal(["2"], again.GetProperty("messages").EnumerateArray().Select(PayloadOf));
        await PublishAsync(watcher, "3");
        Assert.Equal(["3", "3"], [PayloadOf(await after.Messages.NextAsync()), PayloadOf(await after.Messages.NextAsync())]);

        // Its lock by the same grant, its place in the queue, what it said and what it is going to say.
        Assert.Equal(fencing, (await after.DoAsync("AcquireLock", Lock("mine"))).GetProperty("fencingToken").GetInt64());
        await watcher.DoAsync("ReleaseLock", Lock("theirs"));
        await after.LockEvents.NextAsync(told => told.GetProperty("type").GetString() == "acquired"
            && told.GetProperty("locks")[0].GetProperty("owner").GetString() == "mover");
        Assert.Equal("fine", await StateAsync(watcher, Channel, "mood"));
        await after.DoAsync("JoinChannel", new { channel = "later" });
        Assert.Equal("1", await StateAsync(watcher, "later", "seat"));

        // Its role. The watcher has seen it come once and not go, and the other one time out, once.
        await after.DoAsync("PublishTopic", new { channel = Channel, topic = "own", messageType = "string", payload = "x" });
        var left = await timedOut;
        Assert.Equal("gone", left.GetProperty("userId").GetString());
        await after.DoAsync("LeaveTopic", new { channel = Channel, topic = "own" });
        await after.DoAsync("LeaveChannel", new { channel = Channel });
        var seen = new List<string>();
        while (seen.LastOrDefault() != "leave own")
            seen.Add(TextOf(await watcher.TopicEvents.NextAsync(), "topic"));
        Assert.Equal(["snapshot ", "join t", "join gone", "join own", "leave gone", "leave own"], seen);
        Assert.Equal("leave mover", TextOf(await watcher.PresenceEvents.NextAsync(), "userId"));
        await after.DoAsync("Logout", null); // A gateway that stops would wait for it.
    }

    private static async Task PublishAsync(RtmClient publisher, string payload)
    {
        await publisher.DoAsync("PublishTopic", new { channel = Channel, topic = "t", messageType = "string", payload });
        await publisher.DoAsync(
            "Publish", new { channel = News, channelType = "message", messageType = "string", payload });
    }

    private static async Task<string?> StateAsync(RtmClient asker, string channel, string key)
    {
        var state = await asker.DoAsync("GetState", new { channel, channelType = "stream", userId = "mover" });
        return state.GetProperty("state").GetProperty(key).GetString();
    }

    private static object Lock(string name) => new { channel = Channel, channelType = "stream", name, retry = true };

    private static string PayloadOf(JsonElement message) => message.GetProperty("payload").GetString()!;

    private static string TextOf(JsonElement told, string of) =>
        $"{told.GetProperty("type").GetString()} {(told.TryGetProperty(of, out var what) ? what.GetString() : "")}";
}
