using System.Diagnostics;
using System.Globalization;
using ImOrleans.ClientKit;

namespace ImOrleans.Deploy.Tests.Cluster;

/// <summary>Messages of one topic: a publisher on one gateway, a subscriber on it and one on another.</summary>
internal sealed class TopicTraffic : IAsyncDisposable
{
    private readonly string _channel;
    private readonly RtmClient _publisher;
    private readonly Subscriber[] _subscribers;
    private int _next;

    private TopicTraffic(string channel, RtmClient publisher, params Subscriber[] subscribers) =>
        (_channel, _publisher, _subscribers) = (channel, publisher, subscribers);

    /// <summary>The longest time that a subscriber waited for its next message.</summary>
    public TimeSpan LongestGap => _subscribers.Max(subscriber => subscriber.LongestGap);

    public int Lost => _subscribers.Max(subscriber => subscriber.Received.Last() - subscriber.Received.Count);

    public static async Task<TopicTraffic> StartAsync(string channel, ServerProcess near, ServerProcess far)
    {
        var publisher = await ClusterNodes.ConnectAsync(near, $"{channel}-publisher");
        await publisher.DoAsync("JoinChannel", new { channel });
        await publisher.DoAsync("JoinTopic", new { channel, topic = "t", qos = "ordered" });
        return new(
            channel, publisher,
            await SubscribeAsync(channel, near, "near"), await SubscribeAsync(channel, far, "far"));
    }

    /// <summary>Publishes one message after the other until both subscribers have received so many more.</summary>
    public async Task GoOnForAsync(int messages)
    {
        var goal = _next + messages;
        var received = Task.WhenAll(_subscribers.Select(subscriber => subscriber.ReceiveUntilAsync(goal)));
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
        foreach (var subscriber in _subscribers)
            await subscriber.Client.DisposeAsync();
    }

    private static async Task<Subscriber> SubscribeAsync(string channel, ServerProcess gateway, string name)
    {
        var client = await ClusterNodes.ConnectAsync(gateway, $"{channel}-{name}");
        await client.DoAsync("JoinChannel", new { channel });
        await client.DoAsync("SubscribeTopic", new { channel, topic = "t", users = new[] { $"{channel}-publisher" } });
        return new(client);
    }

    private sealed record Subscriber(RtmClient Client)
    {
        public List<int> Received { get; } = [];

        public TimeSpan LongestGap { get; private set; }

        public async Task ReceiveUntilAsync(int number)
        {
            while (Received.LastOrDefault() < number)
            {
                var began = Stopwatch.GetTimestamp();
                var message = await Client.Messages.NextAsync();
                if (Stopwatch.GetElapsedTime(began) is var gap && gap > LongestGap)
                    LongestGap = gap;
                Received.Add(int.Parse(message.GetProperty("payload").GetString()!, CultureInfo.InvariantCulture));
            }
        }
    }
}
