using ImOrleans.ClientKit;

namespace ImOrleans.Cluster.Tests;

/// <summary>Silos with a gateway each, one of which is lost in the middle of the traffic.</summary>
public sealed class SiloLossTests
{
    private const int Channels = 12;

    private static readonly (string, string)[] NoRateLimits =
        [("RateLimits:CallsPerSecond", "0"), ("RateLimits:MessagesPerSecond", "0"),
         ("RateLimits:TopicMessagesPerSecond", "0")];

    /// <summary>
    /// The topics of a dozen channels, or more until the doomed silo has one, live on three silos. Subscribers on the surviving gateways go on receiving,
    /// publishers there get an answer to every call, and nothing arrives twice or out of order, though messages between
    /// the loss and the registration anew may be lost. The far gateway has no publisher and its rolling check
    /// takes an hour, so nothing but the loss itself tells it to register anew.
    /// </summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Topics_go_on_when_a_silo_is_lost_in_the_middle_of_their_traffic(bool isKilled)
    {
        await using var cluster =
            await ServerCluster.StartAsync(3, [.. NoRateLimits, ("Gateway:CheckRoundSeconds", "3600")]);
        var (near, far, doomed) = (cluster[0], cluster[1], cluster[2]);
        var flows = new List<TopicFlow>();
        for (var i = 0; i < Channels || !cluster.HasTopicsOn(doomed); i++)
            flows.Add(await TopicFlow.StartAsync($"c{i}", near, far, doomed));
        await Task.WhenAll(flows.Select(flow => flow.PublishUntilReceivedAsync(20)));

        var running = flows.Select(flow => flow.PublishUntilReceivedAsync(100)).ToList();
        await (isKilled ? doomed.KillAsync() : doomed.StopAsync());
        await Task.WhenAll(running);

        foreach (var flow in flows)
        {
            flow.AssertInOrderAndOnce();
            await flow.DisposeAsync();
        }
    }

    /// <summary>A user grain that is lost comes back with the logins that its gateway vouches for.</summary>
    [Fact]
    public async Task User_messages_find_their_receiver_after_the_silo_of_its_grain_was_killed()
    {
        await using var cluster = await ServerCluster.StartAsync(2, NoRateLimits);
        var (survivor, doomed) = (cluster[0], cluster[1]);
        await using var sender = await survivor.ConnectAsync("sender");
        var receivers = new List<RtmClient>();
        for (var i = 0; i < Channels; i++)
            receivers.Add(await survivor.ConnectAsync($"receiver{i}"));

        await doomed.KillAsync();

        for (var i = 0; i < Channels; i++)
        {
            var request = new { channel = $"receiver{i}", channelType = "user", messageType = "string", payload = "hi" };
            int code;
            do
                code = await sender.CodeAsync("Publish", request);
            while (code is 11033 or 11026); // Until the gateway has registered anew, nobody seems to be there.
            Assert.Equal(0, code);
            Assert.Equal("hi", (await receivers[i].Messages.NextAsync()).GetProperty("payload").GetString());
            await receivers[i].DisposeAsync();
        }
    }

    /// <summary>Publishers behind a dead gateway leave their topics when they have not come back in time.</summary>
    [Fact]
    public async Task Members_of_a_dead_gateway_time_out_after_its_lease()
    {
        (string, string)[] shortLease =
            [.. NoRateLimits, ("GatewayLeases:LeaseDuration", "00:00:03"), ("GatewayLeases:PollPeriod", "00:00:01"),
             ("Gateway:LeaseRenewal", "00:00:01")];
        await using var cluster = await ServerCluster.StartAsync(2, shortLease);
        var (survivor, doomed) = (cluster[0], cluster[1]);
        await using var watcher = await survivor.ConnectAsync("watcher");
        await watcher.DoAsync("JoinChannel", new { channel = "lease" });
        await using var publisher = await doomed.ConnectAsync("publisher", "&presenceTimeout=5");
        await publisher.DoAsync("JoinChannel", new { channel = "lease" });
        await publisher.DoAsync("JoinTopic", new { channel = "lease", topic = "t" });
        await watcher.TopicEvents.NextAsync(e => e.GetProperty("type").GetString() == "join");

        await doomed.KillAsync();

        // Either the room lived on and tells that the publisher left, or it came back and tells who is there now.
        var told = await watcher.TopicEvents.NextAsync(e => e.GetProperty("type").GetString() != "join");
        if (told.GetProperty("type").GetString() == "snapshot")
            Assert.Equal("{}", told.GetProperty("snapshot").GetRawText());
        else
            Assert.Equal("publisher", told.GetProperty("userId").GetString());
    }
}
