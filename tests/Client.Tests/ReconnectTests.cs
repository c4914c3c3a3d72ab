using ImOrleans.Client.Tests.Fakes;
using ImOrleans.TestKit;

namespace ImOrleans.Client.Tests;

/// <summary>When a client comes back, when it does not, and how long it waits.</summary>
public sealed class ReconnectTests
{
    private static readonly RtmException Unreachable = RtmException.Of(10025, "unreachable", retryable: true);

    [Fact]
    public async Task Waits_double_until_a_login_succeeds_and_begin_anew_then()
    {
        await using var faked = new FakedClient();
        var link = await faked.ConnectAsync();
        for (var round = 0; round < 2; round++)
        {
            for (var i = 0; i < 3; i++)
                faked.Server.Obstacles.Enqueue(Unreachable);
            link.Lose();
            foreach (var (attempt, seconds) in ((int, int)[])[(1, 1), (2, 2), (3, 4), (4, 8)])
            {
                var told = await faked.StateAsync(ConnectionState.Reconnecting);
                Assert.Equal((attempt, TimeSpan.FromSeconds(seconds)), (told.Attempt, told.RetryIn));
                Assert.Equal(attempt == 1 ? null : Unreachable, told.Error);
                await faked.Clock.PassAsync(told.RetryIn);
            }

            await faked.StateAsync(ConnectionState.Connected);
            link = await faked.Server.NextLinkAsync();
        }
    }

    [Fact]
    public async Task A_server_that_stops_says_when_to_come_back()
    {
        await using var faked = new FakedClient();
        (await faked.ConnectAsync()).Lose(3001, reconnectAfterMs: 4321);
        var told = await faked.StateAsync(ConnectionState.Reconnecting);
        Assert.Equal((3001, TimeSpan.FromMilliseconds(4321)), (told.CloseCode!.Value, told.RetryIn));
        faked.Server.Obstacles.Enqueue(Unreachable);
        await faked.Clock.PassAsync(TimeSpan.FromMilliseconds(4321));
        // What it asked for was for one attempt.
        Assert.Equal(TimeSpan.FromSeconds(2), (await faked.StateAsync(ConnectionState.Reconnecting)).RetryIn);
    }

    [Theory]
    [InlineData(3500, 9)]
    [InlineData(3501, 10)]
    [InlineData(3503, 19)]
    [InlineData(3999, 0)]
    public async Task A_close_code_from_3500_on_is_final(int closeCode, int reason)
    {
        await using var faked = new FakedClient();
        var link = await faked.ConnectAsync();
        var channel = await faked.Client.JoinStreamChannelAsync("lobby");
        link.Lose(closeCode, reason: reason);

        var told = await faked.StateAsync(ConnectionState.Failed);
        Assert.Equal((closeCode, reason), (told.CloseCode!.Value, told.Reason));
        Assert.Equal((ConnectionState.Failed, 1), (faked.Client.State, faked.Server.Opened));
        Assert.False(channel.IsJoined);
        var ended = await Assert.ThrowsAsync<RtmException>(new FeedReader<TopicEvent>(channel.TopicEvents).NextAsync);
        Assert.Equal(closeCode, ended.CloseCode);
        Assert.Equal(11001, (await Assert.ThrowsAsync<RtmException>(() => channel.LeaveAsync())).Code);
        Assert.Equal(10002, (await Assert.ThrowsAsync<RtmException>(() => faked.Client.GetServerTimeAsync())).Code);

        // The app may come back, to an empty house.
        await faked.ConnectAsync();
        await faked.Client.JoinStreamChannelAsync("lobby");
    }

    [Theory]
    [InlineData(3000)]
    [InlineData(3002)]
    [InlineData(3499)]
    public async Task A_close_code_below_3500_is_not(int closeCode)
    {
        await using var faked = new FakedClient();
        (await faked.ConnectAsync()).Lose(closeCode);
        await faked.StateAsync(ConnectionState.Reconnecting);
        await faked.Clock.PassAsync(TimeSpan.FromSeconds(1));
        await faked.StateAsync(ConnectionState.Connected);
    }

    [Theory]
    [InlineData(10010, 10010)]
    [InlineData(null, 10011)]
    public async Task A_login_that_could_not_be_completed_says_why(int? told, int thrown)
    {
        await using var faked = new FakedClient();
        faked.Server.Login = new(1, 2, "Not now.", CloseCode: 3002, ErrorCode: told);
        var connecting = faked.Client.ConnectAsync();
        (await faked.Server.NextLinkAsync()).Lose();
        var refused = await Assert.ThrowsAsync<RtmException>(() => connecting);
        Assert.Equal((thrown, 3002, true), (refused.Code, refused.CloseCode, refused.Retryable));
    }

    [Fact]
    public async Task A_device_too_many_says_so_and_does_not_come_again()
    {
        await using var faked = new FakedClient();
        faked.Server.Login = new(5, 10, "At most 10 devices.", CloseCode: 3504, ErrorCode: 10012);
        var connecting = faked.Client.ConnectAsync();
        (await faked.Server.NextLinkAsync()).Lose();
        var refused = await Assert.ThrowsAsync<RtmException>(() => connecting);
        Assert.Equal((10012, 3504, false), (refused.Code, refused.CloseCode, refused.Retryable));
        Assert.Equal(ConnectionState.Failed, faked.Client.State);
    }

    [Fact]
    public async Task Every_connection_has_a_fresh_token_and_an_expired_one_is_replaced()
    {
        await using var faked = new FakedClient();
        var link = await faked.ConnectAsync();
        Assert.Equal("token-1", link.Token);
        link.Lose();
        faked.Server.Obstacles.Enqueue(RtmException.Of(10009, "expired"));
        await faked.Clock.PassAsync(TimeSpan.FromSeconds(1));
        await faked.Clock.PassAsync(TimeSpan.FromSeconds(2));
        Assert.Equal("token-3", (await faked.Server.NextLinkAsync()).Token);
    }

    [Fact]
    public async Task A_token_provider_that_throws_costs_one_attempt()
    {
        await using var faked = new FakedClient();
        var link = await faked.ConnectAsync();
        faked.GiveToken = number => number == 2 ? throw new InvalidOperationException("app server") : "t";
        link.Lose();
        await faked.Clock.PassAsync(TimeSpan.FromSeconds(1));
        await faked.StateAsync(ConnectionState.Reconnecting);
        Assert.Equal("app server", (await faked.StateAsync(ConnectionState.Reconnecting)).Error!.Message);
        await faked.Clock.PassAsync(TimeSpan.FromSeconds(2));
        await faked.StateAsync(ConnectionState.Connected);
    }

    [Fact]
    public async Task A_refused_token_is_final_and_so_is_the_last_attempt()
    {
        await using var faked = new FakedClient(options => options with { Reconnect = new() { AttemptsMax = 2 } });
        var link = await faked.ConnectAsync();
        faked.Server.Obstacles.Enqueue(RtmException.Of(10005, "refused"));
        link.Lose();
        await faked.Clock.PassAsync(TimeSpan.FromSeconds(1));
        Assert.Equal(10005, ((RtmException)(await faked.StateAsync(ConnectionState.Failed)).Error!).Code);

        link = await faked.ConnectAsync();
        faked.Server.Obstacles.Enqueue(Unreachable);
        faked.Server.Obstacles.Enqueue(Unreachable);
        link.Lose();
        await faked.Clock.PassAsync(TimeSpan.FromSeconds(1));
        await faked.Clock.PassAsync(TimeSpan.FromSeconds(2));
        Assert.Equal(Unreachable, (await faked.StateAsync(ConnectionState.Failed)).Error!.InnerException);
    }

    [Fact]
    public async Task Without_reconnection_a_lost_connection_is_a_failed_one()
    {
        await using var faked = new FakedClient(options => options with { Reconnect = ReconnectPolicy.None });
        (await faked.ConnectAsync()).Lose();
        await faked.StateAsync(ConnectionState.Failed);
        Assert.Equal(1, faked.Server.Opened);
    }

    [Fact]
    public async Task A_first_attempt_that_fails_is_the_callers_to_repeat()
    {
        await using var faked = new FakedClient();
        faked.Server.Obstacles.Enqueue(Unreachable);
        Assert.Same(Unreachable, await Assert.ThrowsAsync<RtmException>(() => faked.Client.ConnectAsync()));
        Assert.Equal(ConnectionState.Disconnected, faked.Client.State);
        faked.Server.Obstacles.Enqueue(RtmException.Of(10005, "refused"));
        await Assert.ThrowsAsync<RtmException>(() => faked.Client.ConnectAsync());
        Assert.Equal(ConnectionState.Failed, faked.Client.State);
        await faked.ConnectAsync();
        // Connected already: nothing happens.
        await faked.Client.ConnectAsync();
        Assert.Equal(3, faked.Server.Opened);
    }

    [Fact]
    public async Task A_login_that_does_not_come_ends_in_time()
    {
        await using var faked = new FakedClient();
        faked.Server.Login = new(2, 0);
        var connecting = faked.Client.ConnectAsync();
        await faked.Clock.PassAsync(TimeSpan.FromSeconds(15));
        Assert.Equal(10011, (await Assert.ThrowsAsync<RtmException>(() => connecting.Guard())).Code);
    }

    [Fact]
    public async Task A_client_that_is_disposed_while_it_reconnects_stops_at_once()
    {
        var faked = new FakedClient();
        (await faked.ConnectAsync()).Lose();
        await faked.StateAsync(ConnectionState.Reconnecting);
        var waiting = faked.Client.GetServerTimeAsync();
        await faked.DisposeAsync().AsTask().Guard();
        Assert.Equal(10002, (await Assert.ThrowsAsync<RtmException>(() => waiting.Guard())).Code);
        await faked.StateAsync(ConnectionState.Disconnected);
        Assert.True(await faked.Events.HasEndedAsync());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => faked.Client.ConnectAsync());
        faked.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(1, faked.Server.Opened);
        await faked.DisposeAsync();
    }

    [Fact]
    public async Task A_disconnect_logs_out_once_and_ends_the_channels()
    {
        await using var faked = new FakedClient();
        var link = await faked.ConnectAsync();
        var channel = await faked.Client.JoinStreamChannelAsync("lobby");
        await faked.Client.DisconnectAsync().Guard();
        Assert.Equal("Logout", link.Calls[^1]);
        Assert.True(await new FeedReader<TopicEvent>(channel.TopicEvents).HasEndedAsync());
        Assert.Equal(ConnectionState.Disconnected, faked.Client.State);
        faked.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(1, faked.Server.Opened);
    }

    [Fact]
    public async Task A_server_that_does_not_answer_the_logout_is_not_waited_for_long()
    {
        await using var faked = new FakedClient();
        await faked.ConnectAsync();
        faked.Server.Answer = _ => new TaskCompletionSource<Wire.WireReply>().Task;
        var disconnecting = faked.Client.DisconnectAsync();
        await faked.Clock.PassAsync(TimeSpan.FromSeconds(3));
        await disconnecting.Guard();
    }
}
