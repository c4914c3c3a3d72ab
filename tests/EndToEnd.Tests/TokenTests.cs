using ImOrleans.ClientKit;

namespace ImOrleans.EndToEnd.Tests;

/// <summary>Tokens of the login and of channels, signed by a test that plays the app server.</summary>
public sealed class TokenTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private ServerProcess Server => fixture.Server;

    [Fact]
    public async Task A_login_that_is_not_renewed_is_warned_of_and_then_closed()
    {
        await using var client = await RtmClient.ConnectAsync(Server.Address, Login("expiring", lifeSeconds: 3));
        await client.DoAsync("JoinChannel", new { channel = "expiring" });

        var warning = await client.TokenEvents.NextAsync();
        Assert.Equal("willExpire", warning.GetProperty("type").GetString());
        Assert.Equal("", warning.GetProperty("channel").GetString());
        var expired = await client.TokenEvents.NextAsync();
        Assert.Equal("expired", expired.GetProperty("type").GetString());
        var told = await client.ConnectionEvents.NextAsync();
        Assert.Equal(
            (5, 9, 3500),
            (told.GetProperty("state").GetInt32(), told.GetProperty("reason").GetInt32(),
                told.GetProperty("closeCode").GetInt32()));
        await client.Closed;
    }

    [Fact]
    public async Task A_renewed_login_outlives_its_first_token()
    {
        var first = Login("renewing", lifeSeconds: 20);
        await using var client = await RtmClient.ConnectAsync(Server.Address, first);
        await client.TokenEvents.NextAsync();

        Assert.Equal(10017, await client.CodeAsync("RenewToken", new { token = first }));
        Assert.Equal(10005, await client.CodeAsync("RenewToken", new { token = Login("somebody-else") }));
        Assert.Equal(10009, await client.CodeAsync("RenewToken", new { token = Login("renewing", lifeSeconds: -1) }));
        // Short as well: its own end is told at once, and nothing of the first one.s.
        var second = Login("renewing", lifeSeconds: 25);
        var renewed = await client.DoAsync("RenewToken", new { token = second });
        var warning = await client.TokenEvents.NextAsync();
        Assert.Equal("willExpire", warning.GetProperty("type").GetString());
        Assert.Equal(renewed.GetProperty("expiresAt").GetInt64(), warning.GetProperty("expiresAt").GetInt64());
        await client.DoAsync("RenewToken", new { token = Login("renewing") });
        await client.DoAsync("JoinChannel", new { channel = "renewing" });
    }

    [Fact]
    public async Task A_channel_token_is_for_its_user_and_its_channel()
    {
        await using var client = await RtmClient.ConnectAsync(Server.Address, Login("chan"));
        Assert.Equal(10005, await JoinAsync(client, "mine", ChannelToken("chan", "other")));
        Assert.Equal(10005, await JoinAsync(client, "mine", ChannelToken("stranger", "mine")));
        Assert.Equal(10005, await JoinAsync(client, "mine", Login("chan")));
        Assert.Equal(10009, await JoinAsync(client, "mine", ChannelToken("chan", "mine", lifeSeconds: -1)));
        var token = ChannelToken("chan", "mine");
        Assert.Equal(0, await JoinAsync(client, "mine", token));
        Assert.Equal(10017, await client.CodeAsync("RenewToken", new { token, channel = "mine" }));
        Assert.Equal(
            11001, await client.CodeAsync("RenewToken", new { token = ChannelToken("chan", "far"), channel = "far" }));
    }

    [Fact]
    public async Task A_channel_whose_token_ends_is_left_and_the_login_stays()
    {
        await using var client = await RtmClient.ConnectAsync(Server.Address, Login("leaving"));
        Assert.Equal(0, await JoinAsync(client, "short", ChannelToken("leaving", "short", lifeSeconds: 3)));

        var warning = await client.TokenEvents.NextAsync();
        Assert.Equal(("willExpire", "short"), (warning.GetProperty("type").GetString(), warning.GetProperty("channel").GetString()));
        var expired = await client.TokenEvents.NextAsync();
        Assert.Equal(("expired", "short"), (expired.GetProperty("type").GetString(), expired.GetProperty("channel").GetString()));
        Assert.Equal(
            """{"state":3,"reason":1,"code":0,"message":"The channel is joined.","channel":"short"}""",
            (await client.ChannelStates.NextAsync()).GetRawText());
        Assert.Equal(
            """{"state":5,"reason":9,"code":0,"message":"The channel's token has expired.","channel":"short"}""",
            (await client.ChannelStates.NextAsync()).GetRawText().Replace("\\u0027", "'", StringComparison.Ordinal));
        Assert.Equal(11001, await client.CodeAsync("LeaveChannel", new { channel = "short" }));
        Assert.Equal(0, client.ChannelStates.Count);
        Assert.Equal(0, await JoinAsync(client, "short", ChannelToken("leaving", "short")));
    }

    [Fact]
    public async Task A_channel_token_opens_no_connection()
    {
        var refused = await Assert.ThrowsAsync<ConnectionRefusedException>(
            () => RtmClient.ConnectAsync(Server.Address, ChannelToken("chan", "mine")));
        Assert.Equal(System.Net.HttpStatusCode.Unauthorized, refused.Status);
    }

    [Fact]
    public async Task A_user_message_may_have_32_KiB_and_no_more()
    {
        await using var client = await RtmClient.ConnectAsync(Server.Address, Login("large"));
        var largest = new string('x', 32 * 1024);
        await client.DoAsync("Publish", Message(largest));
        Assert.Equal(largest, (await client.Messages.NextAsync()).GetProperty("payload").GetString());
        Assert.Equal(11010, await client.CodeAsync("Publish", Message(largest + "x")));

        static object Message(string payload) =>
            new { channel = "large", channelType = "user", messageType = "string", payload };
    }

    private static Task<int> JoinAsync(RtmClient client, string channel, string token) =>
        client.CodeAsync("JoinChannel", new { channel, token });

    private static string Login(string user, int lifeSeconds = 3600) => TestToken.Sign(
        ServerFixture.Secret, new { sub = user, exp = DateTimeOffset.UtcNow.ToUnixTimeSeconds() + lifeSeconds });

    private static string ChannelToken(string user, string channel, int lifeSeconds = 3600) => TestToken.Sign(
        ServerFixture.Secret,
        new { sub = user, chan = channel, exp = DateTimeOffset.UtcNow.ToUnixTimeSeconds() + lifeSeconds });
}
