using System.Text.Json;
using ImOrleans.ClientKit;

namespace ImOrleans.Cluster.Tests;

/// <summary>Members of one channel behind several gateways, and what each is told of who is there.</summary>
public sealed class PresenceTests
{
    private static readonly string[] Types = ["stream", "message"];

    private static readonly (string, string)[] Settings =
        [("RateLimits:CallsPerSecond", "0"), ("RateLimits:MessagesPerSecond", "0"), ("Presence:Debounce", "00:00:00")];

    [Fact]
    public async Task Members_at_two_gateways_are_told_the_same_once_and_in_order()
    {
        await using var cluster = await ServerCluster.StartAsync(2, Settings);
        await using var proxy = new CuttableProxy(cluster[1].Address);
        await using var ann = await cluster[0].ConnectAsync("ann");
        await using var bob = await cluster[1].ConnectAsync("bob");
        await using var cat = await cluster[1].ConnectAsync("cat");
        await using var dan =
            await RtmClient.ConnectAsync(proxy.Address, cluster[1].TokenFor("dan"), "&presenceTimeout=12");
        foreach (var type in Types)
        {
            await EnterAsync(ann, type);
            await EnterAsync(bob, type);
            await SayAsync(dan, type, new { mood = "calm" });
            await EnterAsync(dan, type);
            await SayAsync(ann, type, new { mood = "fine" });
            await EnterAsync(cat, type);
            await SayAsync(cat, type, new { seat = "1" });
            await cat.DoAsync("RemoveState", new { channel = "c", channelType = type });
        }

        proxy.Cut();
        await dan.Closed;
        foreach (var type in Types)
        {
            await LeaveAsync(cat, type);
            await SayAsync(bob, type, new { mood = "well" });
            foreach (var asker in new[] { ann, bob })
                Assert.Equal(["ann", "bob", "dan"], await WhoNowAsync(asker, type, 3)); // Dan until the time-out.
        }

        foreach (var asker in new[] { ann, bob })
        {
            Assert.Equal(["stream c", "message c"], await WhereNowAsync(asker, "dan"));
            Assert.Empty(await WhereNowAsync(asker, "cat"));
        }

        string[] common =
        [
            "join dan mood=calm", "stateChange ann mood=fine", "join cat", "stateChange cat seat=1",
            "stateChange cat -seat", "leave cat", "stateChange bob mood=well", "timeout dan",
        ];
        await AssertToldAsync(ann, ["snapshot announce 1: ann", "join bob", .. common]);
        await AssertToldAsync(bob, ["snapshot announce 2: ann bob", .. common]);
        foreach (var type in Types)
            await EnterAsync(cat, type); // Told next, so that nothing was told twice.
        await AssertToldAsync(ann, ["join cat"]);
        await AssertToldAsync(bob, ["join cat"]);
        foreach (var asker in new[] { ann, bob })
            Assert.Empty(await WhereNowAsync(asker, "dan"));
    }

    /// <summary>Only the channels are lost: members are shown once who is there, and nobody went.</summary>
    [Fact]
    public async Task Members_that_stayed_are_there_still_when_the_silo_of_their_channel_was_killed()
    {
        (string, string)[] recovering =
            [.. Settings, ("Gateway:CheckRoundSeconds", "3600"), ("Rooms:RecoveryWindow", "00:00:02"),
             ("MessageChannels:RecoveryWindow", "00:00:02")];
        await using var cluster = await ServerCluster.StartAsync(3, recovering);
        await using var ann = await cluster[0].ConnectAsync("ann");
        await using var bob = await cluster[1].ConnectAsync("bob");
        await using var cat = await cluster[1].ConnectAsync("cat");
        RtmClient[] watchers = [ann, bob];
        var channels = new Dictionary<string, string>();
        foreach (var type in Types)
            for (var i = 0; !channels.ContainsKey(type); i++)
            {
                var channel = $"c{i}";
                await EnterAsync(ann, type, channel);
                await EnterAsync(bob, type, channel);
                await EnterAsync(cat, type, channel);
                await SayAsync(bob, type, new { mood = "fine" }, channel);
                foreach (var watcher in watchers)
                    Assert.Equal("stateChange bob mood=fine", await NextAsync(watcher, IsStateChange));
                if (cluster.HasPresenceOn(cluster[2], type == "stream", channel))
                {
                    channels[type] = channel;
                    continue;
                }

                Assert.InRange(i, 0, 300);
                // An answer may come before what others are told, and who has left is told nothing any more.
                await LeaveAsync(cat, type, channel);
                foreach (var watcher in watchers)
                    Assert.Equal("leave cat", await NextAsync(watcher, IsLeave));
                await LeaveAsync(bob, type, channel);
                Assert.Equal("leave bob", await NextAsync(ann, IsLeave));
                await LeaveAsync(ann, type, channel);
            }

        await cluster[2].KillAsync();

        // The order of coming is that in which the gateways stated it. What was told falsely would come next.
        foreach (var watcher in watchers)
            foreach (var snapshot in await TakeAsync(watcher, Types.Length))
            {
                Assert.StartsWith("snapshot announce 3: ", snapshot, StringComparison.Ordinal);
                Assert.Equal(["ann", "bob", "cat", "mood=fine"], snapshot.Split(' ')[3..].Order());
            }

        foreach (var (type, channel) in channels)
            await LeaveAsync(cat, type, channel);
        foreach (var watcher in watchers)
        {
            await AssertToldAsync(watcher, ["leave cat"]);
            foreach (var (type, channel) in channels)
                Assert.Equal(["ann", "bob"], (await WhoNowAsync(watcher, type, 2, channel)).Order());
        }
    }

    /// <summary>Up to 8 users are told of at once, more together, and at 6 everybody is shown anew.</summary>
    [Fact]
    public async Task A_channel_grows_large_and_small_again_for_everybody_at_both_gateways()
    {
        const int Users = 108;
        (string, string)[] small =
            [.. Settings, ("Presence:AnnounceUsersMax", "8"), ("Presence:IntervalPeriod", "00:00:05")];
        await using var cluster = await ServerCluster.StartAsync(2, small);
        var users = await Task.WhenAll(
            Enumerable.Range(1, Users).Select(number => cluster[number % 2].ConnectAsync($"u{number:000}")));
        var names = Enumerable.Range(1, Users).Select(number => $"u{number:000}").ToArray();
        var watchers = users[..2];

        for (var i = 0; i < Users; i++)
            await EnterAsync(users[i], "stream", isWatching: i < 2);

        for (var i = 0; i < 2; i++)
        {
            var first = $"snapshot announce {i + 1}: {string.Join(' ', names[..(i + 1)])}";
            var joins = names[(i + 1)..8].Select(name => $"join {name}");
            Assert.Equal([first, .. joins], await TakeAsync(watchers[i], 8 - i));
            var gathered = new List<string>();
            while (gathered.Count < Users - 8) // One period as a rule, more on a slow machine.
            {
                var told = await NextAsync(watchers[i]);
                Assert.StartsWith("interval ", told, StringComparison.Ordinal);
                gathered.AddRange(told.Split(' ')[2..]);
            }

            Assert.Equal(names[8..], gathered);
        }

        foreach (var asker in watchers)
        {
            Assert.Equal(names, await WhoNowAsync(asker, "stream", Users));
            Assert.Equal(["stream c"], await WhereNowAsync(asker, names[^1]));
        }

        await using var late = await cluster[1].ConnectAsync("late");
        await EnterQuietlyAsync(late);
        Assert.Equal($"snapshot interval {Users}: {string.Join(' ', names[..100])}", await NextAsync(late));

        for (var i = Users; i > 7; i--)
            await LeaveAsync(users[i - 1], "stream");
        await LeaveAsync(late, "stream");
        await EnterQuietlyAsync(late);
        var shown = await NextAsync(late, told => told.StartsWith("snapshot", StringComparison.Ordinal));
        Assert.Equal($"snapshot interval 7: {string.Join(' ', names[..7])}", shown);
        await LeaveAsync(users[6], "stream");
        await LeaveAsync(users[5], "stream");
        foreach (var told in (RtmClient[])[.. watchers, late])
        {
            var next = await NextAsync(told, text => !text.StartsWith("interval", StringComparison.Ordinal));
            Assert.Equal($"snapshot announce 6: {string.Join(' ', names[..6])}", next);
            Assert.Equal("leave u006", await NextAsync(told));
        }

        await Task.WhenAll(users.Select(user => user.DisposeAsync().AsTask()));
    }

    private static Task<JsonElement> EnterAsync(
        RtmClient client, string type, string channel = "c", bool isWatching = true) => type == "stream"
        ? client.DoAsync("JoinChannel", new { channel, withPresence = isWatching })
        : client.DoAsync("Subscribe", new { channel, withPresence = isWatching });

    private static Task<JsonElement> EnterQuietlyAsync(RtmClient client) =>
        client.DoAsync("JoinChannel", new { channel = "c", withPresence = true, beQuiet = true });

    private static Task<JsonElement> LeaveAsync(RtmClient client, string type, string channel = "c") =>
        client.DoAsync(type == "stream" ? "LeaveChannel" : "Unsubscribe", new { channel });

    private static Task<JsonElement> SayAsync(RtmClient client, string type, object state, string channel = "c") =>
        client.DoAsync("SetState", new { channel, channelType = type, state });

    /// <summary>All pages: each but the last is full, and all tell the total.</summary>
    private static async Task<List<string>> WhoNowAsync(RtmClient client, string type, int total, string channel = "c")
    {
        var users = new List<string>();
        for (string? page = null; ;)
        {
            var who = await client.DoAsync("WhoNow", new { channel, channelType = type, page });
            users.AddRange(who.GetProperty("users").EnumerateArray().Select(UserOf));
            Assert.Equal(total, who.GetProperty("total").GetInt32());
            if (!who.TryGetProperty("nextPage", out var next))
                return users;
            Assert.Equal(0, users.Count % 100);
            page = next.GetString();
        }
    }

    private static async Task<string[]> WhereNowAsync(RtmClient client, string userId) =>
    [
        .. (await client.DoAsync("WhereNow", new { userId })).GetProperty("channels").EnumerateArray()
            .Select(one => $"{one.GetProperty("channelType").GetString()} {one.GetProperty("channel").GetString()}"),
    ];

    /// <summary>The next events of each kind of channel are these.</summary>
    private static async Task AssertToldAsync(RtmClient client, string[] expected)
    {
        var told = new List<(string Type, string Text)>();
        while (told.Count < expected.Length * Types.Length)
        {
            var next = await client.PresenceEvents.NextAsync();
            told.Add((next.GetProperty("channelType").GetString()!, TextOf(next)));
        }

        foreach (var type in Types)
            Assert.Equal(expected, told.Where(one => one.Type == type).Select(one => one.Text));
    }

    private static async Task<List<string>> TakeAsync(RtmClient client, int count)
    {
        var told = new List<string>();
        while (told.Count < count)
            told.Add(await NextAsync(client));
        return told;
    }

    private static async Task<string> NextAsync(RtmClient client) => TextOf(await client.PresenceEvents.NextAsync());

    private static async Task<string> NextAsync(RtmClient client, Func<string, bool> fits)
    {
        while (true)
            if (await NextAsync(client) is var next && fits(next))
                return next;
    }

    private static string TextOf(JsonElement told)
    {
        var type = told.GetProperty("type").GetString();
        return type switch
        {
            "snapshot" => $"snapshot {told.GetProperty("mode").GetString()} {told.GetProperty("total").GetInt32()}:"
                + string.Concat(told.GetProperty("states").EnumerateArray()
                .Select(user => $" {UserOf(user)}{StateOf(user)}")),
            "interval" => $"interval {told.GetProperty("total").GetInt32()}:"
                + string.Concat(told.GetProperty("joined").EnumerateArray().Select(user => $" {user.GetString()}"))
                + string.Concat(told.GetProperty("left").EnumerateArray().Select(user => $" -{user.GetString()}"))
                + string.Concat(told.GetProperty("timedOut").EnumerateArray().Select(user => $" !{user.GetString()}")),
            _ => $"{type} {UserOf(told)}{StateOf(told)}",
        };
    }

    private static bool IsLeave(string told) => told.StartsWith("leave", StringComparison.Ordinal);

    private static bool IsStateChange(string told) => told.StartsWith("stateChange", StringComparison.Ordinal);

    private static string UserOf(JsonElement user) => user.GetProperty("userId").GetString()!;

    private static string StateOf(JsonElement user)
    {
        var set = user.TryGetProperty("state", out var state)
            ? state.EnumerateObject().Select(pair => $" {pair.Name}={pair.Value.GetString()}")
            : [];
        var removed = user.TryGetProperty("removedKeys", out var keys)
            ? keys.EnumerateArray().Select(key => $" -{key.GetString()}")
            : [];
        return string.Concat(set.Concat(removed));
    }
}
