using ImOrleans.ClientKit;
using ImOrleans.ClientKit.GoWire;

namespace ImOrleans.EndToEnd.Tests.GoWire;

/// <summary>Signing in at the door, tokens, and how connections end.</summary>
public sealed class GoLoginTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private ServerProcess Server => fixture.Server;

    [Fact]
    public async Task A_login_that_is_refused_has_its_code_and_the_server_closes()
    {
        var login = await Server.TokenAsync("login");
        (string AppId, string User, string Token, int Code)[] refused =
        [
            ("", "login", login, 10003),
            ("ffffffffffffffffffffffffffffffff", "login", login, 10016),
            (ServerFixture.AppKey, "", login, 10006),
            (ServerFixture.AppKey, "no/slash", login, 10006),
            (ServerFixture.AppKey, "somebody-else", login, 10005),
            (ServerFixture.AppKey, "login", "", 10005),
            (ServerFixture.AppKey, "login", "garbage", 10005),
            (ServerFixture.AppKey, "login", "007garbage", 10005),
            (ServerFixture.AppKey, "login", Token("login", -1), 10009),
            (ServerFixture.AppKey, "login", Token("login", 60, "chan"), 10005),
        ];
        await Task.WhenAll(refused.Select(async attempt =>
        {
            await using var client = await GoClient.ConnectAsync(Server.GoPort);
            var request = new GoFields().With(1, attempt.AppId).With(2, attempt.User).With(5, attempt.Token);
            Assert.Equal(attempt.Code, await client.CodeAsync(GoUris.Login, request));
            // The SDK would take its next login for done without sending it.
            await client.Closed;
        }));
    }

    [Fact]
    public async Task Before_the_login_nothing_is_done_and_nothing_is_sent()
    {
        await using var client = await GoClient.ConnectAsync(Server.GoPort);
        Assert.Equal(0, await client.CodeAsync(GoUris.SetParameters, new GoFields().With(1, "{}")));
        Assert.Equal(10002, await client.CodeAsync(GoUris.StreamJoin, GoDoor.Channel("early")));
        Assert.Equal(10002, await client.CodeAsync(GoUris.StreamLeave, GoDoor.Channel("early")));
        Assert.Equal(0, client.CountOf(GoUris.ConnectionState));
        // Two requests in one segment, the second depending on the first.
        var token = await Server.TokenAsync("early");
        var login = new GoFields().With(1, ServerFixture.AppKey.ToUpperInvariant()).With(2, "early").With(5, token);
        var signingIn = client.CodeAsync(GoUris.Login, login);
        var joining = client.CodeAsync(GoUris.StreamJoin, GoDoor.Channel("early"));
        Assert.Equal((0, 0), (await signingIn, await joining));
        Assert.Equal(10017, await client.CodeAsync(GoUris.Login, login));
    }

    [Fact]
    public async Task A_login_token_is_warned_of_renewed_and_ends_the_connection()
    {
        await using var client = await Server.LoginAsync("renewal", ttlSeconds: 20);
        Assert.Equal("", (await client.NextAsync(GoUris.TokenWillExpire)).Text(1));
        var token = Token("renewal", 4);
        await client.DoAsync(GoUris.RenewToken, new GoFields().With(1, token));
        Assert.Equal(10017, await client.CodeAsync(GoUris.RenewToken, new GoFields().With(1, token)));
        Assert.Equal(10005, await client.CodeAsync(GoUris.RenewToken, new GoFields().With(1, Token("other", 60))));
        Assert.Equal(10005, await client.CodeAsync(GoUris.RenewToken, new GoFields().With(1, "garbage")));
        Assert.Equal("", (await client.NextAsync(GoUris.TokenWillExpire)).Text(1));

        var failed = await client.NextAsync(GoUris.ConnectionState);
        Assert.Equal((5, 9, ""), (failed.Number(1), failed.Number(2), failed.Text(3)));
        Assert.Equal(0, client.CountOf(GoUris.ConnectionState));
        await client.Closed;
    }

    [Fact]
    public async Task An_access_token_that_lists_what_may_be_read_and_written_opens_that_and_nothing_else()
    {
        var token = TestAccessToken.Restricted(
            ServerFixture.AppKey, ServerFixture.Secret, "lists",
            (0, 0, ["lists-*"]), (1, 0, ["lists-hall"]), (4, 1, ["lists"]));
        await using var client = await GoClient.LoginAsync(Server.GoPort, ServerFixture.AppKey, "lists", token, 300);
        await client.DoAsync(GoUris.MessageSubscribe, GoDoor.Channel("lists-lobby").With(2, 1));
        Assert.Equal(10015, await client.CodeAsync(GoUris.MessageSubscribe, GoDoor.Channel("list").With(2, 1)));
        Assert.Equal(10015, await client.CodeAsync(
            GoUris.MessagePublish, GoDoor.Channel("lists-lobby").With(2, 1).With(4, "no").With(5, "ct").With(6, 1)));
        await client.JoinAsync("lists-hall");
        Assert.Equal(10015, await client.CodeAsync(
            GoUris.JoinTopic, GoDoor.Channel("lists-hall").With(2, "talk").With(4, 2)));
        Assert.Equal(10015, await client.PublishAsync("lists-hall", "talk", "no"));
        Assert.Equal(0, await client.SendAsync("lists", "yes"));
        Assert.Equal(10015, await client.SendAsync("another", "no"));
        Assert.Equal(10015, await client.CodeAsync(GoUris.WhereNow, new GoFields().With(1, "lists")));
        Assert.Equal(10015, await client.CodeAsync(
            GoUris.LockAcquire, GoDoor.Channel("lists-hall").With(2, 2).With(3, "door").With(4, 1)));

        await client.DoAsync(GoUris.RenewToken, new GoFields().With(1, await Server.TokenAsync("lists")));
        await client.JoinTopicAsync("lists-hall", "talk");
        Assert.Equal(0, await client.PublishAsync("lists-hall", "talk", "yes"));
    }

    [Fact]
    public async Task A_channel_token_is_warned_of_renewed_and_ends_the_membership()
    {
        await using var client = await Server.LoginAsync("chan");
        var join = GoDoor.Channel("chan-a");
        Assert.Equal(10005, await client.CodeAsync(GoUris.StreamJoin, join.With(2, Token("chan", 60, "chan-b"))));
        Assert.Equal(10005, await client.CodeAsync(
            GoUris.StreamJoin, GoDoor.Channel("chan-a").With(2, Token("stranger", 60, "chan-a"))));
        await client.DoAsync(GoUris.StreamJoin, GoDoor.Channel("chan-a").With(2, Token("chan", 20, "chan-a")));
        Assert.Equal("chan-a", (await client.NextAsync(GoUris.TokenWillExpire)).Text(1));
        var renewed = new GoFields().With(1, Token("chan", 3, "chan-a")).With(2, "chan-a");
        await client.DoAsync(GoUris.RenewToken, renewed);
        Assert.Equal(10017, await client.CodeAsync(GoUris.RenewToken, renewed));

        var failed = await client.NextAsync(GoUris.ChannelState);
        Assert.Equal((5, 9, "chan-a"), (failed.Number(1), failed.Number(2), failed.Text(3)));
        Assert.Equal(11001, await client.CodeAsync(GoUris.StreamLeave, GoDoor.Channel("chan-a")));
        Assert.Equal(0, client.CountOf(GoUris.ChannelState));
        Assert.Equal(0, client.CountOf(GoUris.ConnectionState));
        Assert.False(client.IsClosed);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n\r\n")]
    [InlineData("\u00ff\u00ff\u00ff")]
    [InlineData("\0\0\0\0")]
    public async Task What_is_no_frame_closes_that_one_connection(string text)
    {
        await using var good = await Server.LoginAsync("bystander");
        await using var stranger = await GoClient.ConnectAsync(Server.GoPort);
        stranger.Send(System.Text.Encoding.Latin1.GetBytes(text));
        await stranger.Closed;

        await using var member = await Server.LoginAsync("broken", presenceTimeout: 5);
        await good.JoinAsync("broken");
        await member.JoinAsync("broken");
        await member.JoinTopicAsync("broken", "t");
        Assert.Equal("2 broken broken t:broken", GoDoor.Describe(await good.NextAsync(GoUris.TopicEvent)));
        member.Send(System.Text.Encoding.Latin1.GetBytes(text));
        await member.Closed;
        Assert.Equal("3 broken broken t:broken", GoDoor.Describe(await good.NextAsync(GoUris.TopicEvent)));
        await good.DoAsync(GoUris.StreamLeave, GoDoor.Channel("broken"));
    }

    [Fact]
    public async Task A_frame_may_come_byte_by_byte()
    {
        await using var client = await Server.LoginAsync("bytes");
        var joining = client.CodeAsync(GoUris.SetParameters, new GoFields());
        Assert.Equal(0, await joining);
        foreach (var part in GoClient.Frame(0, GoUris.StreamJoin, GoDoor.Channel("bytes").ToBytes()))
            client.Send([part]);
        Assert.Equal(1, (await client.NextAsync(GoUris.TopicEvent)).Number(1));
    }

    private static string Token(string user, int lifeSeconds, string? channel = null)
    {
        var exp = DateTimeOffset.UtcNow.ToUnixTimeSeconds() + lifeSeconds;
        return channel is null
            ? TestToken.Sign(ServerFixture.Secret, new { sub = user, exp })
            : TestToken.Sign(ServerFixture.Secret, new { sub = user, exp, chan = channel });
    }
}
