using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Grains.Abstractions.Presence;
using ImOrleans.Grains.Abstractions.Users;

namespace ImOrleans.Gateway.Tests.Protocols.ImJson;

public sealed class ImLinkTests
{
    private static readonly TimeSpan Tick = TimeSpan.FromTicks(1);

    [Fact]
    public async Task A_connection_without_a_heartbeat_is_closed_after_360_s()
    {
        using var bench = new ImBench();
        var idle = bench.DoorOptions.IdleMax;
        Assert.Equal(TimeSpan.FromSeconds(360), idle);

        // The connect is the first beat; whatever else is said is none.
        var stranger = bench.Connect();
        bench.Gateway.Clock.Advance(idle - Tick);
        Assert.Equal(200, await stranger.AskAsync("ping"));
        Assert.Equal(1000, await stranger.AskAsync("heartbeat"));
        Assert.Equal(0, stranger.CloseCode);
        bench.Gateway.Clock.Advance(Tick);
        Assert.Equal((int)DisconnectCode.Silent, stranger.CloseCode);

        // The login is the second, and each heartbeat another one.
        var ann = bench.Connect();
        bench.Gateway.Clock.Advance(idle - Tick);
        Assert.Equal(200, await ann.AskAsync("login", """{"userId":"ann","appId":101}"""));
        bench.Gateway.Clock.Advance(idle - Tick);
        Assert.Equal(0, ann.CloseCode);
        Assert.Equal(200, await ann.AskAsync("heartbeat"));
        bench.Gateway.Clock.Advance(idle - Tick);
        Assert.Equal(0, ann.CloseCode);
        bench.Gateway.Clock.Advance(Tick);
        Assert.Equal((int)DisconnectCode.Silent, ann.CloseCode);
    }

    [Theory]
    [InlineData("""{"userId":"","appId":101}""", 1002)]
    [InlineData("""{"appId":101}""", 1002)]
    [InlineData("""{"userId":"12345678901234567890","appId":101}""", 1002)]
    [InlineData("""{"userId":"六个字的名字啊","appId":101}""", 1002)]
    [InlineData("""{"userId":"a/b","appId":101}""", 1002)]
    [InlineData("""{"userId":7,"appId":101}""", 1001)]
    [InlineData("\"ann\"", 1001)]
    [InlineData("""{"userId":"ann","appId":104}""", 1003)]
    [InlineData("""{"userId":"ann"}""", 1003)]
    [InlineData("""{"userId":"1234567890123456789","appId":102}""", 200)]
    public async Task A_login_is_answered_by_the_first_thing_that_is_wrong(string data, int code)
    {
        using var bench = new ImBench(new() { AppIds = [101, 102] });
        Assert.Equal(code, await bench.Connect().AskAsync("login", data));
    }

    [Fact]
    public async Task Any_app_may_be_named_where_none_is_listed()
    {
        using var bench = new ImBench();
        Assert.Equal(200, await bench.Connect().AskAsync("login", """{"userId":"ann"}"""));
        Assert.Equal(200, await bench.Connect().AskAsync("login", """{"userId":"ann","appId":4294967295}"""));
    }

    [Theory]
    [InlineData("Production", false, null, false)]
    [InlineData("Production", true, null, true)]
    [InlineData("Development", false, null, true)]
    [InlineData("Development", true, false, false)]
    [InlineData("Production", false, true, true)]
    public async Task Whoever_shows_no_valid_token_is_believed_only_where_the_operator_wants_it(
        string environment, bool testTokens, bool? accepts, bool isBelieved)
    {
        using var bench = new ImBench(new() { AcceptWithoutToken = accepts }, environment, testTokens);
        var otherwise = isBelieved ? 200 : 1003;
        Assert.Equal(otherwise, await bench.Connect().AskAsync("login", """{"userId":"ann","appId":1}"""));
        Assert.Equal(otherwise, await bench.Connect().AskAsync("login", """{"userId":"ann","appId":2,"serviceToken":"x"}"""));
        Assert.Equal(200, await LoginAsync("ann", bench.Token("ann")));
        Assert.Equal(1003, await LoginAsync("ann", bench.Token("bob")));
        Assert.Equal(isBelieved, bench.Trust.HasOpenHttp);

        Task<int> LoginAsync(string user, string token) =>
            bench.Connect().AskAsync("login", $$"""{"userId":"{{user}}","appId":3,"serviceToken":"{{token}}"}""");
    }

    [Fact]
    public void The_calls_over_HTTP_may_be_open_by_themselves()
    {
        using var open = new ImBench(new() { OpenHttp = true }, "Production");
        Assert.True(open.Trust is { HasOpenHttp: true, AcceptsWithoutToken: false });
        using var closed = new ImBench(new() { OpenHttp = false });
        Assert.True(closed.Trust is { HasOpenHttp: false, AcceptsWithoutToken: true });
    }

    [Fact]
    public async Task A_login_that_ends_with_its_token_ends_the_connection()
    {
        using var bench = new ImBench();
        var client = bench.Connect();
        Assert.Equal(200, await client.AskAsync("login", $$"""{"userId":"ann","serviceToken":"{{bench.Token("ann")}}"}"""));
        for (var minutes = 0; minutes < 55; minutes += 5)
        {
            bench.Gateway.Clock.Advance(TimeSpan.FromMinutes(5));
            Assert.Equal(200, await client.AskAsync("heartbeat"));
        }

        bench.Gateway.Clock.Advance(TimeSpan.FromMinutes(5) - TimeSpan.FromSeconds(1));
        Assert.Equal(0, client.CloseCode);
        bench.Gateway.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal((int)DisconnectCode.TokenExpired, client.CloseCode);
    }

    [Fact]
    public async Task The_session_is_one_of_the_door_and_of_the_app()
    {
        using var bench = new ImBench();
        var client = await bench.LoginAsync();
        var connect = await bench.Gateway.Grains.User("ann").NextAsync("Connect");
        var session = ((ConnectRequest)connect.Request).Session;
        Assert.Equal((new DeviceId("im:101"), DeviceClass.Im), (session.Device, session.Class));
        var subscribe = (SubscribeChannelRequest)(await bench.Gateway.Grains.User("ann").NextAsync("SubscribeChannel")).Request;
        Assert.Equal("_im:101", subscribe.Channel.Value);
        Assert.True(subscribe.Channel.IsReserved);
        Assert.False(ChannelName.TryParse(subscribe.Channel.Value, out _));

        // There is no coming back: whoever goes has left.
        client.Cut();
        await client.Served.Guard();
        var disconnect = (DisconnectRequest)(await bench.Gateway.Grains.User("ann").NextAsync("Disconnect")).Request;
        Assert.Equal(PresenceEnd.Left, disconnect.End);
    }

    [Fact]
    public async Task An_app_that_cannot_be_entered_is_tried_again()
    {
        using var bench = new ImBench();
        var user = bench.Gateway.Grains.User("ann");
        user.Script("SubscribeChannel", ErrorCode.ChannelSubscribeFailed);
        await bench.LoginAsync();
        await user.NextAsync("SubscribeChannel");
        await PassAsync(bench, TimeSpan.FromMilliseconds(250));
        await user.NextAsync("SubscribeChannel");
    }

    [Theory]
    [InlineData(ErrorCode.LoginRejected, 1009)]
    [InlineData(ErrorCode.LoginTimeout, 1004)]
    public async Task A_login_that_the_user_s_grain_refuses_is_told(ErrorCode refused, int code)
    {
        using var bench = new ImBench();
        bench.Gateway.Grains.User("ann").Script("Connect", refused);
        var client = bench.Connect();
        Assert.Equal(code, await client.AskAsync("login", """{"userId":"ann"}"""));
        Assert.Equal(200, await client.AskAsync("login", """{"userId":"ann"}"""));
    }

    [Fact]
    public async Task A_client_that_does_not_read_is_not_read_any_more_and_closed()
    {
        using var bench = new ImBench();
        var client = bench.Connect();
        // The connection does not hold the answer, of which the first bytes tell that it is being written.
        await client.SendAsync($$"""{"seq":"{{new string('x', 100_000)}}","cmd":"ping"}""");
        await client.ReceiveSomeAsync();
        await client.SendAsync("""{"seq":"1","cmd":"login","data":{"userId":"ann"}}""");

        bench.Gateway.Clock.Advance(TimeSpan.FromSeconds(60));
        client.Socket.CheckTimes();
        Assert.Equal(0, client.CloseCode);
        bench.Gateway.Clock.Advance(Tick);
        client.Socket.CheckTimes();
        Assert.Equal((int)DisconnectCode.SlowConsumer, client.CloseCode);
        client.Cut();
        await client.Served.Guard();
        Assert.Equal(0, bench.Gateway.Grains.User("ann").CountOf("Connect"));
    }

    /// <summary>Moves the clock when a pause of this length has begun.</summary>
    private static async Task PassAsync(ImBench bench, TimeSpan pause)
    {
        while (await bench.Gateway.Clock.NextTimerAsync() != pause)
        {
            // Those of the calls before.
        }

        bench.Gateway.Clock.Advance(pause);
    }
}
