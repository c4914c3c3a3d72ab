using ImOrleans.ClientKit;
using ImOrleans.ClientKit.GoWire;

namespace ImOrleans.EndToEnd.Tests.GoWire;

/// <summary>Message channels at the door, and with clients of the hub in both directions.</summary>
public sealed class GoMessageChannelTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private ServerProcess Server => fixture.Server;

    [Fact]
    public async Task Messages_of_a_channel_cross_the_doors()
    {
        await using var hub = await Server.ConnectAsync("mcross-hub");
        await using var go = await Server.LoginAsync("mcross-go");
        await hub.DoAsync("Subscribe", new { channel = "mcross @" });
        // No field but the channel means messages and presence.
        await go.DoAsync(GoUris.MessageSubscribe, GoDoor.Channel("mcross @"));

        await hub.DoAsync(
            "Publish",
            new { channel = "mcross @", channelType = "message", messageType = "string", payload = "héllo 世界", customType = "ct" });
        Assert.Equal(0, await PublishAsync(go, "mcross @", [0, 1, 0xFF], type: 1));
        // No type of the channel means a message channel.
        Assert.Equal(0, await PublishAsync(go, "mcross @", [3], type: 0));

        // Each gets its own messages too; all in one order, with the same bytes and time.
        (string Publisher, string Type, byte[] Payload, string Label)[] expected =
        [
            ("mcross-hub", "string", "héllo 世界"u8.ToArray(), "ct"),
            ("mcross-go", "binary", [0, 1, 0xFF], "label"),
            ("mcross-go", "binary", [3], "label"),
        ];
        foreach (var (publisher, type, payload, label) in expected)
        {
            var atGo = await go.NextAsync(GoUris.MessageEvent);
            Assert.Equal(
                ("mcross @", publisher, type == "string" ? 1 : 0, label, 1),
                (atGo.Text(1), atGo.Text(2), atGo.Number(3), atGo.Text(6), atGo.Number(7)));
            Assert.Equal(payload, atGo.Bytes(4));
            var atHub = await hub.Messages.NextAsync();
            Assert.Equal((publisher, type), (atHub.GetProperty("publisher").GetString(), atHub.GetProperty("messageType").GetString()));
            Assert.Equal(
                payload,
                type == "string"
                    ? System.Text.Encoding.UTF8.GetBytes(atHub.GetProperty("payload").GetString()!)
                    : Convert.FromBase64String(atHub.GetProperty("payload").GetString()!));
            Assert.Equal(atHub.GetProperty("sentAt").GetInt64(), atGo.Number(5));
        }

        await go.DoAsync(GoUris.MessageUnsubscribe, GoDoor.Channel("mcross @"));
        Assert.Equal(11002, await go.CodeAsync(GoUris.MessageUnsubscribe, GoDoor.Channel("mcross @")));
        await hub.DoAsync(
            "Publish", new { channel = "mcross @", channelType = "message", messageType = "string", payload = "not heard" });
        Assert.Equal(0, await go.SendAsync("mcross-go", "barrier"));
        Assert.Equal("barrier", (await go.NextAsync(GoUris.MessageEvent)).Text(4));
    }

    /// <summary>The room is the channel: who uses the Go SDK talks with who is in it.</summary>
    [Fact]
    public async Task Messages_of_a_room_cross_the_doors()
    {
        await using var go = await Server.LoginAsync("rcross-go");
        await go.DoAsync(GoUris.MessageSubscribe, GoDoor.Channel("rcross").With(2, 1));
        await using var room = await RoomClient.EnterAsync(Server.Address, await Server.TokenAsync("rcross-room"), "rcross");
        Assert.Equal(2, await room.CountAsync());

        await room.SayAsync("rcross", "from the room", level: 1);
        var heard = await go.NextAsync(GoUris.MessageEvent);
        Assert.Equal(("rcross", "rcross-room", "from the room"), (heard.Text(1), heard.Text(2), heard.Text(4)));
        Assert.Equal(["from the room"], (await room.NextPackAsync()).Texts);
        Assert.Equal(0, await PublishAsync(go, "rcross", "from Go"u8.ToArray(), type: 1));
        var (level, texts) = await room.NextPackAsync();
        Assert.Equal((0, "from Go"), (level, Assert.Single(texts)));
    }

    [Fact]
    public async Task Whoever_asks_for_other_feeds_alone_hears_no_messages()
    {
        await using var go = await Server.LoginAsync("feeds-go");
        await go.DoAsync(GoUris.MessageSubscribe, GoDoor.Channel("feeds").With(4, 1));
        Assert.Equal(0, await PublishAsync(go, "feeds", [1], type: 1));
        // Asking again is no error, and replaces the wish.
        await go.DoAsync(GoUris.MessageSubscribe, GoDoor.Channel("feeds").With(2, 1));
        Assert.Equal(0, await PublishAsync(go, "feeds", [2], type: 1));
        Assert.Equal([2], (await go.NextAsync(GoUris.MessageEvent)).Bytes(4));
        // The third within five seconds is too much.
        Assert.Equal(11020, await go.CodeAsync(GoUris.MessageSubscribe, GoDoor.Channel("feeds").With(2, 1)));
        await go.DoAsync(GoUris.MessageUnsubscribe, GoDoor.Channel("feeds"));
    }

    [Fact]
    public async Task Limits_and_wrong_values_have_their_codes()
    {
        await using var go = await Server.LoginAsync("mlimits-go");
        for (var i = 0; i < 50; i++)
            await go.DoAsync(GoUris.MessageSubscribe, GoDoor.Channel($"mlimits{i}"));
        Assert.Equal(11005, await go.CodeAsync(GoUris.MessageSubscribe, GoDoor.Channel("mlimits50")));
        Assert.Equal(10008, await go.CodeAsync(GoUris.MessageSubscribe, GoDoor.Channel("_mlimits")));
        Assert.Equal(10008, await go.CodeAsync(GoUris.MessageSubscribe, new GoFields().With(1, [0xFF])));
        Assert.Equal(10008, await go.CodeAsync(GoUris.MessageUnsubscribe, new GoFields()));
        Assert.Equal(11002, await go.CodeAsync(GoUris.MessageUnsubscribe, GoDoor.Channel("mlimits50")));
        Assert.Equal(10008, await PublishAsync(go, "_mlimits", [1], type: 1));
        Assert.Equal(10019, await PublishAsync(go, "mlimits0", [1], type: 2));
        Assert.Equal(10019, await PublishAsync(go, "mlimits0", [1], type: 4));
        Assert.Equal(11010, await PublishAsync(go, "mlimits0", new byte[(32 * 1024) + 1], type: 1));
        Assert.Equal(0, await PublishAsync(go, "mlimits0", new byte[32 * 1024], type: 1));
        Assert.Equal(32 * 1024, (await go.NextAsync(GoUris.MessageEvent)).Bytes(4).Length);
    }

    private static Task<int> PublishAsync(GoClient client, string channel, byte[] payload, int type) =>
        client.CodeAsync(
            GoUris.MessagePublish, GoDoor.Channel(channel).With(2, 0).With(4, payload).With(5, "label").With(6, type));
}
