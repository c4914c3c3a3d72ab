using ImOrleans.ClientKit;

namespace ImOrleans.Cluster.Tests;

/// <summary>A chat room whose members are at several gateways.</summary>
public sealed class RoomTests
{
    private const string Room = "room";

    private static readonly (string, string)[] Settings =
    [
        ("RateLimits:CallsPerSecond", "0"), ("Presence:Debounce", "00:00:00"),
        ("GatewayLeases:LeaseDuration", "00:00:03"), ("GatewayLeases:PollPeriod", "00:00:01"),
        ("Gateway:LeaseRenewal", "00:00:01"), ("Delivery:LeaseCheckPeriod", "00:00:01"),
    ];

    [Fact]
    public async Task Members_of_all_gateways_hear_each_other_and_are_counted_until_their_gateway_is_lost()
    {
        await using var cluster = await ServerCluster.StartAsync(2, Settings, hasFront: true);
        await using var one = await EnterAsync(cluster[0], "one");
        await using var other = await EnterAsync(cluster[1], "other");
        await using var lost = await EnterAsync(cluster.Front!, "lost");
        await using var again = await EnterAsync(cluster.Front!, "lost");
        Assert.Equal(4, await one.CountAsync());
        Assert.Equal(4, await again.CountAsync());

        await one.SayAsync(Room, "now", level: 1);
        foreach (var member in new[] { one, other, lost, again })
            Assert.Equal((1, "now"), await OneAsync(member));
        await other.SayAsync(Room, "later");
        foreach (var member in new[] { one, other, lost, again })
            Assert.Equal((0, "later"), await OneAsync(member));

        // Nobody of the lost gateway can come back: its members go with its lease.
        await using var watcher = await cluster[0].ConnectAsync("watcher");
        await watcher.DoAsync("Subscribe", new { channel = Room });
        await cluster.Front!.KillAsync();
        await watcher.PresenceEvents.NextAsync(told => told.GetProperty("type").GetString() == "timeout");
        Assert.Equal(3, await other.CountAsync());
    }

    private static Task<RoomClient> EnterAsync(ClusterNode node, string user) =>
        RoomClient.EnterAsync(node.Address, node.TokenFor(user), Room);

    private static async Task<(long Level, string Text)> OneAsync(RoomClient member)
    {
        var (level, texts) = await member.NextPackAsync();
        return (level, Assert.Single(texts));
    }
}
