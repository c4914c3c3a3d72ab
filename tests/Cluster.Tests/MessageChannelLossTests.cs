using System.Globalization;
using System.Text.Json;
using ImOrleans.ClientKit;

namespace ImOrleans.Cluster.Tests;

/// <summary>Message channels, some of which lose the silo of their grain.</summary>
public sealed class MessageChannelLossTests
{
    private const int Channels = 12;

    private static readonly (string, string)[] Settings =
        [("RateLimits:CallsPerSecond", "0"), ("RateLimits:MessagesPerSecond", "0"),
         ("Gateway:CheckRoundSeconds", "3600")];

    /// <summary>
    /// Subscribers on a surviving gateway go on receiving, in order and nothing twice. A channel that came back has
    /// another epoch, of which nothing is lost to a subscriber that asks for it from its beginning. The subscribers'
    /// gateway makes no calls, so nothing but the loss itself tells it to register anew.
    /// </summary>
    [Fact]
    public async Task Channels_go_on_under_another_epoch_when_their_silo_was_killed()
    {
        await using var cluster = await ServerCluster.StartAsync(3, Settings);
        var (near, far, doomed) = (cluster[0], cluster[1], cluster[2]);
        await using var publisher = await near.ConnectAsync("publisher");
        var listeners = new List<Listener>();
        for (var i = 0; i < Channels || !cluster.HasMessageChannelsOn(doomed); i++)
            listeners.Add(await Listener.StartAsync(far, publisher, $"c{i}"));

        await doomed.KillAsync();
        await Task.WhenAll(listeners.Select(listener => listener.PublishUntilReceivedAsync()));

        foreach (var listener in listeners)
            await listener.AssertWholeAsync();
        Assert.Contains(listeners, listener => listener.HasNewEpoch);
        foreach (var listener in listeners)
            await listener.DisposeAsync();
    }

    private sealed class Listener(RtmClient client, RtmClient publisher, string channel, Place start) : IAsyncDisposable
    {
        private readonly List<Place> _received = [];
        private int _published;

        public bool HasNewEpoch => _received[^1].Epoch != start.Epoch;

        public static async Task<Listener> StartAsync(ClusterNode node, RtmClient publisher, string channel)
        {
            var client = await node.ConnectAsync($"{channel}-listener");
            var subscribed = await client.DoAsync("Subscribe", new { channel });
            var listener = new Listener(client, publisher, channel, Place.Of(subscribed.GetProperty("position")));
            await listener.PublishUntilReceivedAsync();
            return listener;
        }

        /// <summary>Publishes until a message of now arrives.</summary>
        public async Task PublishUntilReceivedAsync()
        {
            var received = ReceiveUntilAsync(_published + 1);
            while (!received.IsCompleted)
            {
                var code = await publisher.CodeAsync(
                    "Publish", new { channel, channelType = "message", messageType = "string", payload = $"{++_published}" });
                Assert.True(code is 0 or 11012 or 11026, $"Publishing was answered with {code}.");
            }

            await received;
        }

        public async Task AssertWholeAsync()
        {
            var epochs = _received.GroupBy(place => place.Epoch).ToList();
            Assert.InRange(epochs.Count, 1, 2);
            foreach (var epoch in epochs)
                Assert.Equal(epoch.Select(place => place.Offset).Distinct().Order(), epoch.Select(place => place.Offset));
            var since = new { offset = 0, epoch = _received[^1].Epoch };
            var subscribed = await client.DoAsync("Subscribe", new { channel, since });
            // More messages than are kept may have been published until one got through.
            if (!subscribed.GetProperty("recovered").GetBoolean())
                return;
            var missed = subscribed.GetProperty("messages").EnumerateArray().Select(Place.Of).ToList();
            Assert.Equal(
                Enumerable.Range(1, missed.Count).Select(offset => new Place(offset, since.epoch)), missed);
            Assert.Empty(epochs[^1].Except(missed));
        }

        public ValueTask DisposeAsync() => client.DisposeAsync();

        private async Task ReceiveUntilAsync(int number)
        {
            while (true)
            {
                var message = await client.Messages.NextAsync();
                _received.Add(Place.Of(message));
                if (int.Parse(message.GetProperty("payload").GetString()!, CultureInfo.InvariantCulture) >= number)
                    return;
            }
        }
    }

    private sealed record Place(long Offset, string Epoch)
    {
        public static Place Of(JsonElement element) =>
            new(element.GetProperty("offset").GetInt64(), element.GetProperty("epoch").GetString()!);
    }
}
