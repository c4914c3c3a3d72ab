using System.Net.WebSockets;
using System.Text;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Domain.Messages;
using ImOrleans.Gateway.Protocols.Room;
using ImOrleans.Gateway.Tests.Doubles;
using ImOrleans.Grains.Abstractions.MessageChannels;
using ImOrleans.Grains.Abstractions.Users;
using static ImOrleans.Gateway.Tests.Doubles.GatewayBench;

namespace ImOrleans.Gateway.Tests.Protocols.Room;

/// <summary>What clients of the chat room door are answered, row by row.</summary>
public sealed class RoomLinkTests : IDisposable
{
    private readonly RoomBench _bench = new();

    private FakeMessageChannelGrain Channel => _bench.Gateway.Grains.MessageChannel(Lobby);

    public void Dispose() => _bench.Dispose();

    [Theory]
    [InlineData(RoomBytes.Heartbeat)]
    [InlineData(RoomBytes.MessageType)]
    [InlineData(RoomBytes.Members)]
    [InlineData(RoomBytes.Unknown)]
    [InlineData(99)]
    public async Task Whatever_comes_before_the_sign_in_is_told_to_sign_in(byte type)
    {
        using var client = _bench.Open();
        await client.SendAsync(RoomBytes.Req(type));
        Assert.Equal(RoomBytes.Failure("请登录"), await client.ReceiveAsync());
    }

    [Fact]
    public async Task Sign_in_heartbeat_and_members_are_answered()
    {
        Channel.Subscribers = 1234;
        using var client = await _bench.EnterAsync();
        await client.BeatAsync();
        await client.SendAsync(RoomBytes.Req(RoomBytes.Members));
        Assert.Equal(RoomBytes.Req(RoomBytes.Members, "1234"u8.ToArray()), await client.ReceiveAsync());

        var subscribed = Assert.Single(_bench.Gateway.Grains.User("ann").Requests<SubscribeChannelRequest>());
        Assert.Equal((new ChannelName(Lobby), ChannelFeeds.Messages), (subscribed.Channel, subscribed.Feeds));
    }

    [Fact]
    public async Task A_sign_in_that_fails_says_why_and_may_be_repeated()
    {
        using var client = _bench.Open();
        await AssertFailureAsync(client, RoomBytes.SignIn("nonsense", Lobby), "无效token");
        await AssertFailureAsync(client, RoomBytes.SignIn(_bench.Token(""), Lobby), "无效token");
        await AssertFailureAsync(
            client, RoomBytes.SignIn(_bench.Token("ann", TimeSpan.FromSeconds(-1)), Lobby), "登录信息过期");
        await AssertFailureAsync(client, RoomBytes.SignIn(_bench.Token("ann"), "_hidden"), "房间号无效");
        await AssertFailureAsync(client, RoomBytes.SignIn(_bench.Token("ann"), ""), "房间号无效");
        _bench.Gateway.Grains.User("ann").Script("SubscribeChannel", ErrorCode.ChannelSubscribeFailed);
        await AssertFailureAsync(client, RoomBytes.SignIn(_bench.Token("ann"), Lobby), "房间已满");
        Assert.Empty(_bench.Gateway.Lifecycle.All);
        _bench.Health.IsReady = false;
        await AssertFailureAsync(client, RoomBytes.SignIn(_bench.Token("ann"), Lobby), "服务繁忙，请稍后再试");
        _bench.Health.IsReady = true;

        await client.SendAsync(RoomBytes.SignIn(_bench.Token("ann"), Lobby));
        Assert.Equal(RoomBytes.Success, await client.ReceiveAsync());
    }

    [Fact]
    public async Task The_third_sign_in_to_a_room_within_five_seconds_is_refused_and_so_is_the_twenty_first_of_a_second()
    {
        using var client = await _bench.EnterAsync();
        await client.SendAsync(RoomBytes.SignIn(_bench.Token("ann"), Lobby));
        Assert.Equal(RoomBytes.Success, await client.ReceiveAsync());
        await AssertFailureAsync(client, RoomBytes.SignIn(_bench.Token("ann"), Lobby), "操作过于频繁");
        for (var call = 4; call <= 20; call++)
        {
            await client.SendAsync(RoomBytes.SignIn(_bench.Token("ann"), $"room{call}"));
            Assert.Equal(RoomBytes.Success, await client.ReceiveAsync());
        }

        await AssertFailureAsync(client, RoomBytes.SignIn(_bench.Token("ann"), "room21"), "操作过于频繁");
    }

    [Fact]
    public async Task Who_does_not_sign_in_within_five_seconds_is_closed()
    {
        using var client = _bench.Open();
        using var signedIn = await _bench.EnterAsync();
        _bench.Gateway.Clock.Advance(TimeSpan.FromSeconds(5) - TimeSpan.FromTicks(1));
        Assert.False(client.Server.IsClosing);
        _bench.Gateway.Clock.Advance(TimeSpan.FromTicks(1));
        Assert.Null(await client.ReceiveAsync());
        Assert.Equal(WebSocketCloseStatus.PolicyViolation, client.Socket.CloseStatus);
        await signedIn.BeatAsync();
    }

    [Fact]
    public async Task Who_says_nothing_for_ten_minutes_is_closed_and_leaves()
    {
        using var client = await _bench.EnterAsync();
        _bench.Gateway.Clock.Advance(TimeSpan.FromMinutes(10));
        await client.BeatAsync();
        _bench.Gateway.Clock.Advance(TimeSpan.FromMinutes(10));
        client.Server.CheckTimes();
        await client.BeatAsync();

        _bench.Gateway.Clock.Advance(TimeSpan.FromMinutes(10) + TimeSpan.FromTicks(1));
        client.Server.CheckTimes();
        Assert.Null(await client.ReceiveAsync());
        Assert.Equal((WebSocketCloseStatus)3012, client.Socket.CloseStatus);
        Assert.Empty(_bench.Gateway.Lifecycle.All);
    }

    /// <summary>Row C13; text is none of the protocol.</summary>
    [Fact]
    public async Task What_cannot_be_read_and_unknown_types_are_ignored()
    {
        using var client = await _bench.EnterAsync();
        await client.SendAsync([0xFF, 0xFF]);
        await client.SendAsync(RoomBytes.Req(99));
        await client.SendAsync(RoomBytes.Req(RoomBytes.Unknown));
        await client.SendAsync(RoomBytes.Req(RoomBytes.SignInType, 0xFF));
        await client.SendAsync(RoomBytes.Req(RoomBytes.MessageType, 0xFF));
        await client.SendAsync(RoomBytes.Req(RoomBytes.Members), WebSocketMessageType.Text);
        await client.BeatAsync();
    }

    [Fact]
    public async Task A_message_is_published_in_the_room_that_it_names_and_not_answered()
    {
        using var client = await _bench.EnterAsync();
        await client.SendAsync(RoomBytes.Message("elsewhere", "hi", level: 1));
        var other = _bench.Gateway.Grains.MessageChannel("elsewhere");
        var request = (PublishMessageRequest)(await other.NextAsync("Publish")).Request;
        Assert.Equal(
            (new UserId("ann"), MessageLevel.Important, MessageType.String, "hi"),
            (request.Publisher, request.Level, request.Payload.Type, Encoding.UTF8.GetString(request.Payload.Bytes.Span)));

        await client.SendAsync(RoomBytes.Message(Lobby, 0, [0xFF, 0xFE]));
        request = (PublishMessageRequest)(await Channel.NextAsync("Publish")).Request;
        Assert.Equal((MessageLevel.Normal, MessageType.Binary), (request.Level, request.Payload.Type));
        await client.BeatAsync();
    }

    [Fact]
    public async Task Messages_that_are_refused_are_not_answered()
    {
        using var client = await _bench.EnterAsync();
        Channel.Script("Publish", ErrorCode.ChannelPublishMessageTooFrequent);
        await client.SendAsync(RoomBytes.Message(Lobby, "too many"));
        await client.SendAsync(RoomBytes.Message("", "nowhere"));
        await client.SendAsync(RoomBytes.Message("_hidden", "nowhere"));
        await client.SendAsync(RoomBytes.Message(Lobby, 0, new byte[(32 * 1024) + 1]));
        await client.BeatAsync();
        await client.SendAsync(RoomBytes.Message(Lobby, 0, new byte[32 * 1024]));
        await Channel.NextAsync("Publish");
        await Channel.NextAsync("Publish");
        Assert.Equal(2, Channel.CountOf("Publish"));
    }

    [Fact]
    public async Task Members_that_cannot_be_counted_are_a_failure()
    {
        using var client = await _bench.EnterAsync(); // A call too.
        Channel.Script("CountSubscribers", new TimeoutException());
        await AssertFailureAsync(client, RoomBytes.Req(RoomBytes.Members), "服务繁忙，请稍后再试");
        for (var i = 0; i < 18; i++)
        {
            await client.SendAsync(RoomBytes.Req(RoomBytes.Members));
            Assert.Equal(RoomBytes.Req(RoomBytes.Members, "0"u8.ToArray()), await client.ReceiveAsync());
        }

        await AssertFailureAsync(client, RoomBytes.Req(RoomBytes.Members), "操作过于频繁");
    }

    /// <summary>Row C11, and our choice.</summary>
    [Fact]
    public async Task A_second_sign_in_moves_to_the_new_room()
    {
        using var client = await _bench.EnterAsync();
        await client.SendAsync(RoomBytes.SignIn(_bench.Token("ann"), "kitchen"));
        Assert.Equal(RoomBytes.Success, await client.ReceiveAsync());

        var user = _bench.Gateway.Grains.User("ann");
        Assert.Equal("kitchen", user.Requests<SubscribeChannelRequest>()[^1].Channel.Value);
        Assert.Equal(Lobby, Assert.Single(user.Requests<UnsubscribeChannelRequest>()).Channel.Value);
        _bench.Gateway.Grains.MessageChannel("kitchen").Subscribers = 7;
        await client.SendAsync(RoomBytes.Req(RoomBytes.Members));
        Assert.Equal(RoomBytes.Req(RoomBytes.Members, "7"u8.ToArray()), await client.ReceiveAsync());
        Assert.Single(_bench.Gateway.Lifecycle.All);
    }

    [Fact]
    public async Task A_second_sign_in_that_fails_leaves_the_client_where_it_was()
    {
        using var client = await _bench.EnterAsync();
        _bench.Gateway.Grains.User("ann").Script("SubscribeChannel", ErrorCode.ChannelSubscribeFailed);
        await AssertFailureAsync(client, RoomBytes.SignIn(_bench.Token("ann"), "kitchen"), "房间已满");
        await AssertFailureAsync(client, RoomBytes.SignIn("nonsense", "kitchen"), "无效token");
        Assert.Empty(_bench.Gateway.Grains.User("ann").Requests<UnsubscribeChannelRequest>());
        await client.BeatAsync();
    }

    [Fact]
    public async Task A_second_sign_in_as_somebody_else_is_a_session_of_that_user()
    {
        using var client = await _bench.EnterAsync();
        await client.SendAsync(RoomBytes.SignIn(_bench.Token("bob"), Lobby));
        Assert.Equal(RoomBytes.Success, await client.ReceiveAsync());
        Assert.Equal("bob", Assert.Single(_bench.Gateway.Lifecycle.All).User.Value);
        await client.BeatAsync();
    }

    [Fact]
    public async Task One_user_may_be_there_by_many_connections()
    {
        using var one = await _bench.EnterAsync();
        using var other = await _bench.EnterAsync();
        Assert.Equal(2, _bench.Gateway.Lifecycle.All.Count);
        Assert.Equal(2, _bench.Gateway.Lifecycle.All.Select(session => session.Device).Distinct().Count());
        await one.BeatAsync();
        await other.BeatAsync();
    }

    [Fact]
    public async Task Who_goes_has_left_when_its_connection_has_ended()
    {
        using var client = await _bench.EnterAsync();
        await client.Socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", CancellationToken.None);
        await client.Served.Guard();
        Assert.Empty(_bench.Gateway.Lifecycle.All);
        var gone = Assert.Single(_bench.Gateway.Grains.User("ann").Requests<DisconnectRequest>());
        Assert.Equal(Grains.Abstractions.Presence.PresenceEnd.Left, gone.End);
    }

    [Fact]
    public async Task The_end_of_the_token_is_told_and_closes()
    {
        using var client = await _bench.EnterAsync();
        _bench.Gateway.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(RoomBytes.Failure("登录信息过期"), await client.ReceiveAsync());
        Assert.Null(await client.ReceiveAsync());
        Assert.Equal((WebSocketCloseStatus)3500, client.Socket.CloseStatus);
    }

    [Fact]
    public async Task A_server_that_stops_closes_with_3001()
    {
        using var client = await _bench.EnterAsync();
        _ = _bench.Gateway.Lifecycle.StopAsync();
        Assert.Null(await client.ReceiveAsync());
        Assert.Equal((WebSocketCloseStatus)3001, client.Socket.CloseStatus);
    }

    /// <summary>Row C17, the original's way.</summary>
    [Theory]
    [InlineData("ann", false)]
    [InlineData("", false)]
    [InlineData("0", false)]
    [InlineData("-1", false)]
    [InlineData("2147483648", false)]
    [InlineData("1", true)]
    [InlineData("2147483647", true)]
    public async Task Where_ids_are_numbers_others_are_answered_and_closed_in_time(string user, bool counts)
    {
        _bench.Options.DecimalUserIds = true;
        using var client = await _bench.EnterAsync(user);
        Assert.Equal(counts ? 1 : 0, _bench.Gateway.Lifecycle.All.Count);
        await client.SendAsync(RoomBytes.Req(RoomBytes.Heartbeat));
        Assert.Equal(
            counts ? RoomBytes.Req(RoomBytes.Heartbeat, "pong"u8.ToArray()) : RoomBytes.Failure("请登录"),
            await client.ReceiveAsync());
        _bench.Gateway.Clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(!counts, client.Server.IsClosing);
    }

    [Fact]
    public async Task Members_get_messages_together_and_important_ones_at_once()
    {
        using var client = await _bench.EnterAsync();
        Deliver(1, Message(1, "one"), Message(2, "two"), Message(3, "now", MessageLevel.Important));
        Assert.Equal(RoomBytes.Pack(Lobby, 1, "now"), await client.ReceiveAsync());
        _bench.Gateway.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(RoomBytes.Pack(Lobby, 0, "one", "two"), await client.ReceiveAsync());
    }

    /// <summary>One array for all: however many they are, it is put together once.</summary>
    [Fact]
    public void What_members_get_is_encoded_once()
    {
        var pack = new Gateway.Sessions.ChannelPackEvent([new(new(Lobby), 1, Message(1, "one"))]);
        Assert.Same(RoomFrames.Of(pack), RoomFrames.Of(pack));
    }

    private static ChannelMessage Message(long offset, string text, MessageLevel level = MessageLevel.Normal) =>
        new(offset, offset, new("pub"), Text(text), 1000 + offset) { Level = level };

    private void Deliver(long batch, params ChannelMessage[] messages) =>
        _bench.Gateway.Deliver(GrainKey.MessageChannel(new(Lobby)), Channel.Epoch, batch, messages);

    private static async Task AssertFailureAsync(RoomBench.RoomClient client, byte[] request, string text)
    {
        await client.SendAsync(request);
        Assert.Equal(RoomBytes.Failure(text), await client.ReceiveAsync());
    }
}
