namespace ImOrleans.Cluster.Tests;

/// <summary>Clients that ask for many things at once; the cluster delivers their calls in any order.</summary>
public sealed class BurstTests
{
    private const int Channels = 10;
    private const int Topics = 6;

    [Fact]
    public async Task Who_asks_for_many_channels_and_topics_at_once_gets_them_all()
    {
        await using var cluster = await ServerCluster.StartAsync(2, [("RateLimits:CallsPerSecond", "0")]);
        for (var i = 0; i < 6; i++)
        {
            await using var client = await cluster[i % 2].ConnectAsync($"user{i}");
            await Task.WhenAll(Names("c", Channels).SelectMany(channel => (Task[])
            [
                client.DoAsync("JoinChannel", new { channel }),
                client.DoAsync("Subscribe", new { channel = $"news-{channel}" }),
            ]));
            await Task.WhenAll(Names("t", Topics).SelectMany(topic => (Task[])
            [
                client.DoAsync("JoinTopic", new { channel = "c0", topic, qos = "ordered" }),
                client.DoAsync("SubscribeTopic", new { channel = "c0", topic = $"of-{topic}", users = new[] { "publisher" } }),
            ]));
        }
    }

    private static IEnumerable<string> Names(string kind, int count) => Enumerable.Range(0, count).Select(i => $"{kind}{i}");
}
