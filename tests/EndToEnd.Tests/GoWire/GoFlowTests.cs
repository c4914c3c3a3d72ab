using ImOrleans.ClientKit;
using ImOrleans.ClientKit.GoWire;

namespace ImOrleans.EndToEnd.Tests.GoWire;

/// <summary>The flow of the SDK's guide at its own door, and with clients of the hub in both directions.</summary>
public sealed class GoFlowTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private ServerProcess Server => fixture.Server;

    [Fact]
    public async Task Two_users_walk_through_the_whole_flow()
    {
        await using var alice = await Server.LoginAsync("go-alice");
        await using var bob = await Server.LoginAsync("go-bob");

        // The snapshot comes first, also when it is empty.
        Assert.Empty(await alice.JoinAsync("go-flow"));
        await alice.JoinTopicAsync("go-flow", "T");
        Assert.Equal("2 go-flow go-alice T:go-alice", GoDoor.Describe(await alice.NextAsync(GoUris.TopicEvent)));
        Assert.Equal(["T:go-alice"], await bob.JoinAsync("go-flow"));

        // Users may be followed before they publish; asking again is no error.
        for (var i = 0; i < 2; i++)
        {
            var followed = await bob.FollowAsync("go-flow", "T", "go-alice", "go-carol");
            Assert.Equal(("go-flow", "T"), (followed.Text(1), followed.Text(2)));
            Assert.Equal(["go-alice", "go-carol"], followed.Texts(3));
            Assert.Empty(followed.Texts(4));
        }

        var publish = GoDoor.Channel("go-flow").With(2, "T").With(4, 1234567890123).With(5, [0, 1, 0xFF]).With(6, "label");
        Assert.Equal(0, await alice.CodeAsync(GoUris.StreamPublish, publish));
        var message = await bob.NextAsync(GoUris.StreamEvent);
        Assert.Equal(
            ("go-flow", 0, 1234567890123, "T", "go-alice", "label"),
            (message.Text(1), message.Number(2), message.Number(3), message.Text(5), message.Text(6), message.Text(7)));
        Assert.Equal([0, 1, 0xFF], message.Bytes(4));

        // A second JoinTopic is success: the SDK forgets a topic after one failed publish.
        await alice.JoinTopicAsync("go-flow", "T");
        await bob.DoAsync(GoUris.UnsubscribeTopic, GoDoor.Channel("go-flow").With(2, "T"));
        Assert.Equal(11013, await bob.CodeAsync(GoUris.UnsubscribeTopic, GoDoor.Channel("go-flow").With(2, "T")));
        Assert.Equal(0, await alice.PublishAsync("go-flow", "T", "to nobody"));

        await alice.DoAsync(GoUris.LeaveTopic, GoDoor.Channel("go-flow").With(2, "T"));
        Assert.Equal("3 go-flow go-alice T:go-alice", GoDoor.Describe(await bob.NextAsync(GoUris.TopicEvent)));
        Assert.Equal(11016, await alice.PublishAsync("go-flow", "T", "too late"));
        await alice.DoAsync(GoUris.StreamLeave, GoDoor.Channel("go-flow"));
        Assert.Equal(11001, await alice.CodeAsync(GoUris.StreamLeave, GoDoor.Channel("go-flow")));
        Assert.Equal((0, 0), (bob.CountOf(GoUris.StreamEvent), alice.CountOf(GoUris.ChannelState)));

        await alice.DoAsync(GoUris.Logout, new());
        var loggedOut = await alice.NextAsync(GoUris.ConnectionState);
        Assert.Equal((1, 10002), (loggedOut.Number(1), loggedOut.Number(2)));
        Assert.Equal(10002, await alice.CodeAsync(GoUris.StreamJoin, GoDoor.Channel("go-flow")));
        Assert.Equal(11033, await bob.SendAsync("go-alice", "are you there?"));
    }

    [Fact]
    public async Task What_the_hub_publishes_is_heard_at_the_door_and_the_other_way_round()
    {
        await using var hub = await Server.ConnectAsync("cross-hub");
        await using var go = await Server.LoginAsync("cross-go", presenceTimeout: 5);
        await hub.DoAsync("JoinChannel", new { channel = "cross" });
        await hub.TopicEvents.NextAsync();
        await go.JoinAsync("cross");

        // Each hears of the other's publisher role.
        await hub.DoAsync("JoinTopic", new { channel = "cross", topic = "Thema ü" });
        Assert.Equal("2 cross cross-hub Thema ü:cross-hub", GoDoor.Describe(await go.NextAsync(GoUris.TopicEvent)));
        await hub.TopicEvents.NextAsync();
        await go.JoinTopicAsync("cross", "Thema ü");
        Assert.Equal(
            """{"type":"join","channel":"cross","topic":"Thema ü","userId":"cross-go"}""",
            (await hub.TopicEvents.NextAsync()).GetRawText());

        // Both follow both, and both publish: the same bytes at both doors.
        await hub.DoAsync("SubscribeTopic", new { channel = "cross", topic = "Thema ü", users = Array.Empty<string>() });
        await go.FollowAsync("cross", "Thema ü", "cross-hub", "cross-go");
        await hub.DoAsync(
            "PublishTopic",
            new { channel = "cross", topic = "Thema ü", messageType = "string", payload = "héllo 世界", customType = "ct" });
        Assert.Equal(0, await go.PublishAsync("cross", "Thema ü", "grüße"));
        foreach (var (publisher, text) in ((string, string)[])[("cross-hub", "héllo 世界"), ("cross-go", "grüße")])
        {
            var atGo = await go.NextAsync(GoUris.StreamEvent);
            var atHub = await hub.Messages.NextAsync();
            Assert.Equal((publisher, text, 1), (atGo.Text(6), atGo.Text(4), atGo.Number(2)));
            Assert.Equal(publisher, atHub.GetProperty("publisher").GetString());
            Assert.Equal(text, atHub.GetProperty("payload").GetString());
            Assert.Equal(atHub.GetProperty("sentAt").GetInt64(), atGo.Number(3));
        }

        // Whoever comes now finds both in the snapshot, at either door.
        await using var lateGo = await Server.LoginAsync("cross-late-go");
        Assert.Equal(["Thema ü:cross-hub,cross-go"], await lateGo.JoinAsync("cross"));
        await using var lateHub = await Server.ConnectAsync("cross-late-hub");
        await lateHub.DoAsync("JoinChannel", new { channel = "cross" });
        Assert.Equal(
            """{"type":"snapshot","channel":"cross","topic":"","userId":"","snapshot":{"Thema ü":["cross-hub","cross-go"]}}""",
            (await lateHub.TopicEvents.NextAsync()).GetRawText());

        // One that ends without a word leaves its topics after its presence time-out; each hears of the other's leave.
        await go.DisposeAsync();
        Assert.Equal(
            """{"type":"leave","channel":"cross","topic":"Thema ü","userId":"cross-go"}""",
            (await hub.TopicEvents.NextAsync()).GetRawText());
        Assert.Equal("3 cross cross-go Thema ü:cross-go", GoDoor.Describe(await lateGo.NextAsync(GoUris.TopicEvent)));
        await hub.DoAsync("LeaveTopic", new { channel = "cross", topic = "Thema ü" });
        Assert.Equal("3 cross cross-hub Thema ü:cross-hub", GoDoor.Describe(await lateGo.NextAsync(GoUris.TopicEvent)));
    }

    [Fact]
    public async Task Messages_between_users_cross_the_doors()
    {
        await using var hub = await Server.ConnectAsync("p2p-hub");
        await using var go = await Server.LoginAsync("p2p-go");

        await hub.DoAsync(
            "Publish", new { channel = "p2p-go", channelType = "user", messageType = "binary", payload = "AAEC", customType = "x" });
        var atGo = await go.NextAsync(GoUris.MessageEvent);
        Assert.Equal(
            ("p2p-go", "p2p-hub", 0, "x", 3),
            (atGo.Text(1), atGo.Text(2), atGo.Number(3), atGo.Text(6), atGo.Number(7)));
        Assert.Equal([0, 1, 2], atGo.Bytes(4));
        Assert.True(atGo.Number(5) > 0);

        Assert.Equal(0, await go.SendAsync("p2p-hub", "hi"));
        var atHub = await hub.Messages.NextAsync();
        Assert.Equal("p2p-go", atHub.GetProperty("publisher").GetString());
        Assert.Equal("hi", atHub.GetProperty("payload").GetString());
        Assert.Equal("ct", atHub.GetProperty("customType").GetString());
        Assert.Equal(11033, await go.SendAsync("p2p-nobody", "hi"));
    }

    [Fact]
    public async Task A_user_is_at_both_doors_at_once_and_once_at_each()
    {
        await using var hub = await Server.ConnectAsync("both");
        await using var older = await Server.LoginAsync("both");
        await older.JoinAsync("both");
        await using var newer = await Server.LoginAsync("both");

        // The older one is told, and answered while it takes leave.
        var told = await older.NextAsync(GoUris.ConnectionState);
        Assert.Equal((5, 19), (told.Number(1), told.Number(2)));
        Assert.Equal(0, await older.CodeAsync(GoUris.StreamLeave, GoDoor.Channel("both")));
        Assert.Equal(0, await older.CodeAsync(GoUris.MessageUnsubscribe, GoDoor.Channel("any")));
        Assert.Equal(10002, await older.CodeAsync(GoUris.StreamJoin, GoDoor.Channel("both")));
        Assert.False(older.IsClosed);

        await using var sender = await Server.LoginAsync("both-sender");
        Assert.Equal(0, await sender.SendAsync("both", "to all devices"));
        Assert.Equal("to all devices", (await hub.Messages.NextAsync()).GetProperty("payload").GetString());
        Assert.Equal("to all devices", (await newer.NextAsync(GoUris.MessageEvent)).Text(4));
        Assert.Equal(0, hub.ConnectionEvents.Count);
        await older.Closed;
    }

    [Fact]
    public async Task Large_bursts_arrive_in_order()
    {
        await using var publisher = await Server.LoginAsync("burst-publisher");
        await using var subscriber = await Server.LoginAsync("burst-subscriber");
        await publisher.JoinAsync("burst");
        await publisher.JoinTopicAsync("burst", "t");
        await subscriber.JoinAsync("burst");
        await subscriber.FollowAsync("burst", "t", "burst-publisher");

        var calls = Enumerable.Range(0, 150).Select(i => publisher.PublishAsync("burst", "t", $"{i}")).ToList();
        Assert.All(await Task.WhenAll(calls), code => Assert.Equal(0, code));
        for (var i = 0; i < calls.Count; i++)
            Assert.Equal($"{i}", (await subscriber.NextAsync(GoUris.StreamEvent)).Text(4));
    }

    [Fact]
    public async Task Text_that_is_no_utf8_is_refused_and_harms_nobody()
    {
        await using var hub = await Server.ConnectAsync("utf8-hub");
        await using var go = await Server.LoginAsync("utf8-go");
        var request = new GoFields().With(1, "utf8-hub").With(2, 1).With(4, [0xC3, 0x28]).With(6, 3);
        Assert.Equal(11009, await go.CodeAsync(GoUris.MessagePublish, request));
        var badLabel = new GoFields().With(1, "utf8-hub").With(4, "x").With(5, [0xFF]).With(6, 3);
        Assert.Equal(11030, await go.CodeAsync(GoUris.MessagePublish, badLabel));
        Assert.Equal(10006, await go.CodeAsync(GoUris.MessagePublish, new GoFields().With(1, [0xFF]).With(4, "x").With(6, 3)));
        Assert.Equal(10008, await go.CodeAsync(GoUris.StreamJoin, new GoFields().With(1, [0xC3, 0x28])));
        await go.JoinAsync("utf8");
        Assert.Equal(11008, await go.CodeAsync(GoUris.JoinTopic, GoDoor.Channel("utf8").With(2, [0xFF])));
        Assert.Equal(11018, await go.CodeAsync(GoUris.JoinTopic, GoDoor.Channel("utf8").With(2, "t").With(6, [0xFF])));

        // As binary it goes through.
        Assert.Equal(0, await go.CodeAsync(
            GoUris.MessagePublish, new GoFields().With(1, "utf8-hub").With(4, [0xC3, 0x28]).With(6, 3)));
        var message = await hub.Messages.NextAsync();
        Assert.Equal("binary", message.GetProperty("messageType").GetString());
        Assert.Equal([0xC3, 0x28], Convert.FromBase64String(message.GetProperty("payload").GetString()!));
    }

    [Fact]
    public async Task Limits_and_wrong_values_have_their_codes()
    {
        await using var go = await Server.LoginAsync("limits-go");
        await go.JoinAsync("limits");
        await go.JoinTopicAsync("limits", "t");
        Assert.Equal(0, await go.PublishAsync("limits", "t", new string('x', 1024)));
        Assert.Equal(11010, await go.PublishAsync("limits", "t", new string('x', 1025)));
        Assert.Equal(11010, await go.PublishAsync("limits", "t", new string('x', 200_000)));
        Assert.Equal(11010, await go.SendAsync("limits-go", new string('x', (32 * 1024) + 1)));
        Assert.Equal(0, await go.SendAsync("limits-go", new string('x', 32 * 1024)));
        Assert.Equal(32 * 1024, (await go.NextAsync(GoUris.MessageEvent)).Bytes(4).Length);
        Assert.Equal(11029, await go.CodeAsync(
            GoUris.MessagePublish, new GoFields().With(1, "limits-go").With(4, "x").With(5, new string('c', 33)).With(6, 3)));
        Assert.Equal(11031, await go.CodeAsync(
            GoUris.MessagePublish, new GoFields().With(1, "limits-go").With(2, 2).With(4, "x").With(6, 3)));
        Assert.Equal(10019, await go.CodeAsync(
            GoUris.MessagePublish, new GoFields().With(1, "limits").With(4, "x").With(6, 2)));
        Assert.Equal(10014, await go.CodeAsync(GoUris.JoinTopic, GoDoor.Channel("limits").With(2, "u").With(3, 2)));
        Assert.Equal(10014, await go.CodeAsync(GoUris.JoinTopic, GoDoor.Channel("limits").With(2, "u").With(4, 5)));
        foreach (var priority in (int[])[0, 1, 2, 3, 4, 8])
            Assert.Equal(0, await go.CodeAsync(GoUris.JoinTopic, GoDoor.Channel("limits").With(2, $"p{priority}").With(4, priority)));
        Assert.Equal(0, await go.CodeAsync(GoUris.JoinTopic, GoDoor.Channel("limits").With(2, "m").With(6, new string('m', 256))));
        Assert.Equal(11018, await go.CodeAsync(GoUris.JoinTopic, GoDoor.Channel("limits").With(2, "u").With(6, new string('m', 257))));
        var users = Enumerable.Range(0, 257).Aggregate(
            GoDoor.Channel("limits").With(2, "t"), (request, i) => request.With(3, $"u{i}"));
        Assert.Equal(11011, await go.CodeAsync(GoUris.SubscribeTopic, users));
    }

    [Fact]
    public async Task What_is_not_served_has_a_code_and_the_connection_stays()
    {
        await using var go = await Server.LoginAsync("unserved");
        var channel = GoDoor.Channel("unserved");
        Assert.Equal(11012, await go.CodeAsync(GoUris.MessageSubscribe, GoDoor.Channel("unserved").With(2, "topic")));
        Assert.Equal(10014, await go.CodeAsync(999, channel));
        Assert.Equal(10014, await go.CodeAsync(GoUris.MessageEvent, channel));
        Assert.Equal(0, await go.CodeAsync(GoUris.SetParameters, new GoFields().With(1, "{}")));
        await go.JoinAsync("unserved");
    }

    [Fact]
    public async Task A_malformed_message_is_refused_and_the_connection_stays()
    {
        await using var go = await Server.LoginAsync("malformed");
        foreach (var message in (byte[][])[[0x0A, 0x7F], [0x0A], [0x0B], [0xFF, 0xFF]])
            Assert.Equal(10014, (await go.AskAsync(GoUris.StreamJoin, message)).Code);
        await go.JoinAsync("malformed");
    }
}
