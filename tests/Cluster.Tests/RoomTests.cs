using ImOrleans.ClientKit;

namespace ImOrleans.Cluster.Tests;

/// <summary>A chat room whose members are at several gateways.</summary>
public sealed class RoomTests
{
    private const string Room = "room";

    [Fact]
    public async Task Members_of_all_gateways_hear_each_other_and_are_counted()
    {
        await using var cluster = await ServerCluster.StartAsync(2, [("Presence:Debounce", "00:00:00")]);
        await using var one = await EnterAsync(cluster[0], "one");
        await using var other = await EnterAsync(cluster[1], "other");
        await using var again = await EnterAsync(cluster[1], "other");
        Assert.Equal(3, await one.CountAsync());
        Assert.Equal(3, await again.CountAsync());

        await one.SayAsync(Room, "now", level: 1);
        foreach (var member in new[] { one, other, again })
            Assert.Equal((1, "now"), await OneAsync(member));
        await other.SayAsync(Room, "later");
        foreach (var member in new[] { one, other, again })
            Assert.Equal((0, "later"), await OneAsync(member));

        // A gateway that stops takes its members along.
        await using var watcher = await cluster[0].ConnectAsync("watcher");
        await watcher.DoAsync("Subscribe", new { channel = Room });
        await cluster[1].StopAsync();
        await watcher.PresenceEvents.NextAsync(told => told.GetProperty("type").GetString() is "timeout" or "leave");
        Assert.Equal(2, await one.CountAsync());
    }

    private static Task<RoomClient> EnterAsync(ClusterNode node, string user) =>
        RoomClient.EnterAsync(node.Address, node.TokenFor(user), Room);

    private static async Task<(long Level, string Text)> OneAsync(RoomClient member)
    {
        var (level, texts) = await member.NextPackAsync();
        return (level, Assert.Single(texts));
    }
}
