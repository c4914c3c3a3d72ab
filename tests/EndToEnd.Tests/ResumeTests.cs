using System.Text.Json;
using ImOrleans.ClientKit;

namespace ImOrleans.EndToEnd.Tests;

/// <summary>Clients whose TCP connection is reset, and who come back to their session.</summary>
public sealed class ResumeTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private ServerProcess Server => fixture.Server;

    [Fact]
    public async Task A_client_whose_connection_was_cut_gets_everything_once_and_in_order_and_nobody_notices()
    {
        await using var proxy = new CuttableProxy(Server.Address);
        await using var publisher = await Server.ConnectAsync("cut-publisher");
        await SeedFlowTests.PublishingInAsync(publisher, "cut", "t");
        await using var watcher = await Server.ConnectAsync("cut-watcher");
        await watcher.DoAsync("JoinChannel", new { channel = "cut" });
        var token = await Server.TokenAsync("cut-subscriber");
        var (client, greeting) = await OpenAsync(proxy, token, "&session=");
        Assert.False(greeting.GetProperty("resumed").GetBoolean());
        await SeedFlowTests.PublishingInAsync(client, "cut", "mine");
        await client.DoAsync("SubscribeTopic", new { channel = "cut", topic = "t", users = new[] { "cut-publisher" } });

        var (payloads, received, sent) = (new List<string>(), 0L, 0);
        for (var life = 0; life < 5; life++)
        {
            // Some are on their way when the connection is cut, the others come while there is none.
            for (var i = 0; i < 40; i++)
            {
                await PublishAsync(publisher, $"{++sent}");
                if (i == 20)
                    proxy.Cut();
            }

            await client.Closed;
            received += client.Received;
            payloads.AddRange(Drain(client));
            await client.DisposeAsync();
            var key = greeting.GetProperty("session").GetString();
            (client, greeting) = await OpenAsync(proxy, token, $"&session={key}&received={received}");
            Assert.True(greeting.GetProperty("resumed").GetBoolean());
            Assert.Equal(key, greeting.GetProperty("session").GetString());
        }

        await PublishAsync(publisher, "last");
        while (payloads.LastOrDefault() != "last")
            payloads.Add((await client.Messages.NextAsync()).GetProperty("payload").GetString()!);
        Assert.Equal([.. Enumerable.Range(1, sent).Select(number => $"{number}"), "last"], payloads);

        // Its role is there still, and the watcher has seen nobody come or go.
        await client.DoAsync("PublishTopic", Message("mine", "still here"));
        await client.DoAsync("LeaveTopic", new { channel = "cut", topic = "mine" });
        var seen = new List<string>();
        while (seen.LastOrDefault() != "leave mine")
            seen.Add(await NextChangeAsync(watcher));
        Assert.Equal(["snapshot ", "join mine", "leave mine"], seen);
        await client.DisposeAsync();
    }

    [Fact]
    public async Task Another_key_and_a_session_that_has_logged_out_are_answered_with_a_new_session()
    {
        var token = await Server.TokenAsync("cut-stranger");
        await using var proxy = new CuttableProxy(Server.Address);
        var (first, greeting) = await OpenAsync(proxy, token, "&session=");
        var key = greeting.GetProperty("session").GetString();
        await first.DoAsync("Logout", null);
        await first.DisposeAsync();
        foreach (var shown in new[] { key, "bm9uc2Vuc2U" })
        {
            (var next, greeting) = await OpenAsync(proxy, token, $"&session={shown}&received=0");
            await using var _ = next;
            Assert.False(greeting.GetProperty("resumed").GetBoolean());
            Assert.NotEqual(key, greeting.GetProperty("session").GetString());
        }
    }

    private static async Task<(RtmClient Client, JsonElement Greeting)> OpenAsync(
        CuttableProxy proxy, string token, string query)
    {
        var client = RtmClient.Create(proxy.Address, token, query);
        await client.Connection.StartAsync().WaitAsync(RtmClient.Patience);
        return (client, await client.ConnectionEvents.NextAsync());
    }

    private static object Message(string topic, string payload) =>
        new { channel = "cut", topic, messageType = "string", payload };

    private static Task<JsonElement> PublishAsync(RtmClient publisher, string payload) =>
        publisher.DoAsync("PublishTopic", Message("t", payload));

    private static IEnumerable<string> Drain(RtmClient client)
    {
        while (client.Messages.TryNext(out var message))
            yield return message.GetProperty("payload").GetString()!;
    }

    private static async Task<string> NextChangeAsync(RtmClient watcher)
    {
        var change = await watcher.TopicEvents.NextAsync();
        return $"{change.GetProperty("type").GetString()} {change.GetProperty("topic").GetString()}";
    }
}
