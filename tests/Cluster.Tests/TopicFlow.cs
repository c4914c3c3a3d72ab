using System.Globalization;
using ImOrleans.ClientKit;

namespace ImOrleans.Cluster.Tests;

/// <summary>
/// One channel: a publisher and a subscriber on the near gateway, a subscriber on the far one, another on the one that
/// will be lost.
/// </summary>
internal sealed class TopicFlow : IAsyncDisposable
{
    private readonly string _channel;
    private readonly RtmClient _publisher;
    private readonly Subscriber[] _subscribers;
    private readonly RtmClient _doomed;
    private int _next;

    private TopicFlow(string channel, RtmClient publisher, Subscriber[] subscribers, RtmClient doomed) =>
        (_channel, _publisher, _subscribers, _doomed) = (channel, publisher, subscribers, doomed);

    public static async Task<TopicFlow> StartAsync(string channel, ClusterNode near, ClusterNode far, ClusterNode doomed)
    {
        var publisher = await near.ConnectAsync($"{channel}-publisher");
        await publisher.DoAsync("JoinChannel", new { channel });
        await publisher.DoAsync("JoinTopic", new { channel, topic = "t", qos = "ordered" });
        var clients = new List<RtmClient>();
        foreach (var (node, name) in ((ClusterNode, string)[])[(near, "near"), (far, "far"), (doomed, "doomed")])
        {
            var client = await node.ConnectAsync($"{channel}-{name}");
            await client.DoAsync("JoinChannel", new { channel });
            await client.DoAsync("SubscribeTopic", new { channel, topic = "t", users = new[] { $"{channel}-publisher" } });
            clients.Add(client);
        }

        return new(channel, publisher, [new(clients[0]), new(clients[1])], clients[2]);
    }

    /// <summary>Publishes one message after the other until both subscribers have seen one of at least that number.</summary>
    public async Task PublishUntilReceivedAsync(int number)
    {
        var received = Task.WhenAll(_subscribers.Select(subscriber => subscriber.ReceiveUntilAsync(number)));
        while (!received.IsCompleted)
        {
            var code = await _publisher.CodeAsync(
                "PublishTopic", new { channel = _channel, topic = "t", messageType = "string", payload = $"{++_next}" });
            Assert.True(code is 0 or 11012 or 11026, $"Publishing was answered with {code}.");
        }

        await received;
    }

    public void AssertInOrderAndOnce()
    {
        foreach (var subscriber in _subscribers)
            Assert.Equal(subscriber.Received.Distinct().Order(), subscriber.Received);
    }

    public async ValueTask DisposeAsync()
    {
        await _publisher.DisposeAsync();
        await _doomed.DisposeAsync();
        foreach (var subscriber in _subscribers)
            await subscriber.Client.DisposeAsync();
    }

    private sealed record Subscriber(RtmClient Client)
    {
        public List<int> Received { get; } = [];

        public async Task ReceiveUntilAsync(int number)
        {
            while (Received.LastOrDefault() < number)
            {
                var message = await Client.Messages.NextAsync();
                Received.Add(int.Parse(message.GetProperty("payload").GetString()!, CultureInfo.InvariantCulture));
            }
        }
    }
}
