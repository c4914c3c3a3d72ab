using System.Text.Json;
using ImOrleans.ClientKit;

namespace ImOrleans.Cluster.Tests;

/// <summary>A client whose connection is cut, and who comes back to another gateway.</summary>
public sealed class SessionMoveTests
{
    private static readonly (string, string)[] Settings =
        [("RateLimits:CallsPerSecond", "0"), ("RateLimits:MessagesPerSecond", "0"), ("RateLimits:TopicMessagesPerSecond", "0")];

    [Fact]
    public async Task It_goes_on_there_with_all_that_it_had_and_misses_nothing_and_nobody_notices()
    {
        await using var cluster = await ServerCluster.StartAsync(2, Settings);
        await WarmUpAsync(cluster);
        await using var proxy = new CuttableProxy(cluster[0].Address);
        await using var publisher = await cluster[0].ConnectAsync("publisher");
        await publisher.DoAsync("JoinChannel", new { channel = "move" });
        await publisher.DoAsync("JoinTopic", new { channel = "move", topic = "t", qos = "ordered" });
        await using var watcher = await cluster[1].ConnectAsync("watcher");
        await watcher.DoAsync("JoinChannel", new { channel = "move" });
        var token = cluster[0].TokenFor("mover");
        var (client, greeting) = await OpenAsync(proxy.Address, token, "&session=");
        await client.DoAsync("JoinChannel", new { channel = "move" });
        await client.DoAsync("JoinTopic", new { channel = "move", topic = "mine", qos = "ordered" });
        await client.DoAsync("SubscribeTopic", new { channel = "move", topic = "t", users = new[] { "publisher" } });
        await client.DoAsync("Subscribe", new { channel = "news" });
        await watcher.DoAsync("SetLock", Lock("mine"));
        await watcher.DoAsync("SetLock", Lock("theirs"));
        var token1 = (await client.DoAsync("AcquireLock", Lock("mine"))).GetProperty("fencingToken").GetInt64();
        await watcher.DoAsync("AcquireLock", Lock("theirs"));
        Assert.True((await client.DoAsync("AcquireLock", Lock("theirs"))).GetProperty("queued").GetBoolean());

        var (topic, channel, received, sent) = (new List<string>(), new List<long>(), 0L, 0);
        for (var life = 1; life <= 6; life++)
        {
            for (var i = 0; i < 30; i++)
            {
                if (i == 15)
                {
                    proxy.TurnTo(cluster[life % 2].Address);
                    proxy.Cut();
                }

                sent++;
                await Task.WhenAll(
                    publisher.DoAsync("PublishTopic", new { channel = "move", topic = "t", messageType = "string", payload = $"{sent}" }),
                    publisher.DoAsync("Publish", new { channel = "news", channelType = "message", messageType = "string", payload = "n" }));
            }

            await client.Closed;
            received += client.Received;
            Drain(client, topic, channel);
            await client.DisposeAsync();
            (client, greeting) = await OpenAsync(
                proxy.Address, token, $"&session={greeting.GetProperty("session").GetString()}&received={received}");
            Assert.True(greeting.GetProperty("resumed").GetBoolean(), $"Life {life} was not resumed.");
        }

        while (topic.Count < sent || channel.Count < sent)
            Take(await client.Messages.NextAsync(), topic, channel);
        Assert.Equal(Enumerable.Range(1, sent).Select(number => $"{number}"), topic);
        Assert.Equal(Enumerable.Range(1, sent).Select(offset => (long)offset), channel);

        // It has its lock by the same grant, and gets the other in its turn.
        Assert.Equal(token1, (await client.DoAsync("AcquireLock", Lock("mine"))).GetProperty("fencingToken").GetInt64());
        await watcher.DoAsync("ReleaseLock", Lock("theirs"));
        var granted = await client.LockEvents.NextAsync();
        Assert.Equal("acquired", granted.GetProperty("type").GetString());
        Assert.Equal("mover", granted.GetProperty("locks")[0].GetProperty("owner").GetString());

        // Its role is there still, and the watcher has seen it come once and not go.
        await client.DoAsync("PublishTopic", new { channel = "move", topic = "mine", messageType = "string", payload = "x" });
        await client.DoAsync("LeaveTopic", new { channel = "move", topic = "mine" });
        var seen = new List<string>();
        while (seen.LastOrDefault() != "leave mine")
        {
            var change = await watcher.TopicEvents.NextAsync();
            seen.Add($"{change.GetProperty("type").GetString()} {change.GetProperty("topic").GetString()}");
        }

        Assert.Equal(["snapshot ", "join mine", "leave mine"], seen);
        await client.DisposeAsync();
    }

    [Fact]
    public async Task A_gateway_that_stops_in_order_lets_its_clients_take_their_sessions_elsewhere()
    {
        await using var cluster = await ServerCluster.StartAsync(2, Settings);
        await WarmUpAsync(cluster);
        await using var watcher = await cluster[0].ConnectAsync("watcher");
        await watcher.DoAsync("JoinChannel", new { channel = "move" });
        await watcher.DoAsync("JoinTopic", new { channel = "move", topic = "t", qos = "ordered" });
        var client = await RtmClient.ConnectAsync(cluster[1].Address, cluster[1].TokenFor("mover"), "&session=");
        await client.DoAsync("JoinChannel", new { channel = "move" });
        await client.DoAsync("SubscribeTopic", new { channel = "move", topic = "t", users = new[] { "watcher" } });

        var stopping = cluster[1].StopAsync();
        var last = await client.ConnectionEvents.NextAsync();
        await client.Closed;
        await watcher.DoAsync("PublishTopic", new { channel = "move", topic = "t", messageType = "string", payload = "meanwhile" });

        Assert.Equal(3001, last.GetProperty("closeCode").GetInt32());
        Assert.True(last.GetProperty("reconnectAfterMs").GetInt64() < 5000);
        var again = RtmClient.Create(
            cluster[0].Address, cluster[0].TokenFor("mover"),
            $"&session={client.Greeting.GetProperty("session").GetString()}&received={client.Received}");
        await again.Connection.StartAsync().WaitAsync(RtmClient.Patience);
        Assert.True((await again.ConnectionEvents.NextAsync()).GetProperty("resumed").GetBoolean());
        Assert.Equal("meanwhile", (await again.Messages.NextAsync()).GetProperty("payload").GetString());
        await stopping.WaitAsync(RtmClient.Patience);
        await again.DisposeAsync();
        await client.DisposeAsync();
    }

    private static object Lock(string name, string channel = "move") =>
        new { channel, channelType = "stream", name, retry = true };

    private static void Drain(RtmClient client, List<string> topic, List<long> channel)
    {
        while (client.Messages.TryNext(out var message))
            Take(message, topic, channel);
    }

    private static void Take(JsonElement message, List<string> topic, List<long> channel)
    {
        if (message.TryGetProperty("topic", out _))
            topic.Add(message.GetProperty("payload").GetString()!);
        else
            channel.Add(message.GetProperty("offset").GetInt64());
    }

    /// <summary>
    /// Moves a session there and back. A move has a few seconds, and the first ones of a process compile all that they
    /// run through, which may take longer on a busy machine: then the client begins anew, as it should.
    /// </summary>
    private static async Task WarmUpAsync(ServerCluster cluster)
    {
        var token = cluster[0].TokenFor("warm");
        var key = "";
        foreach (var gateway in (int[])[0, 1, 0, 1])
        {
            var (client, greeting) = await OpenAsync(cluster[gateway].Address, token, $"&session={key}");
            key = greeting.GetProperty("session").GetString();
            if (!greeting.GetProperty("resumed").GetBoolean())
            {
                await client.DoAsync("JoinChannel", new { channel = "warm" });
                await client.DoAsync("JoinTopic", new { channel = "warm", topic = "t", qos = "ordered" });
                await client.DoAsync("SubscribeTopic", new { channel = "warm", topic = "t", users = new[] { "warm" } });
                await client.DoAsync("Subscribe", new { channel = "warm" });
                await client.CodeAsync("SetLock", Lock("mine", "warm")); // It may be there already.
                await client.DoAsync("AcquireLock", Lock("mine", "warm"));
            }

            await client.DisposeAsync();
        }
    }

    private static async Task<(RtmClient Client, JsonElement Greeting)> OpenAsync(
        Uri address, string token, string query)
    {
        var client = RtmClient.Create(address, token, query);
        await client.Connection.StartAsync().WaitAsync(RtmClient.Patience);
        return (client, await client.ConnectionEvents.NextAsync());
    }
}
