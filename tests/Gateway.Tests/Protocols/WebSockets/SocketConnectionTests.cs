using System.Net.WebSockets;
using System.Text;
using ImOrleans.Domain.Errors;
using ImOrleans.Gateway.Protocols.WebSockets;

namespace ImOrleans.Gateway.Tests.Protocols.WebSockets;

public sealed class SocketConnectionTests
{
    private static readonly byte[] Kilobyte = Encoding.UTF8.GetBytes(new string('x', 1024));

    [Fact]
    public async Task Frames_of_one_message_are_read_as_one()
    {
        using var pair = new SocketPair();
        await pair.SendAsync("one ", isLast: false);
        await pair.SendAsync("", isLast: false);
        await pair.SendAsync("message");
        await pair.SendAsync("");
        await pair.SendAsync("next", isText: false);

        Assert.Equal("one message", await pair.ReceiveAsync());
        Assert.Equal("", await pair.ReceiveAsync());
        var next = await pair.Server.ReceiveAsync();
        Assert.False(next!.Value.IsText);
    }

    [Fact]
    public async Task A_message_of_the_greatest_length_is_read_and_a_longer_one_closes_with_1009()
    {
        using var pair = new SocketPair(new() { MessageBytesMax = 10_000 });
        var sending = pair.SendAsync(new string('x', 10_000));
        Assert.Equal(10_000, (await pair.ReceiveAsync())!.Length);
        await sending;

        sending = pair.SendAsync(new string('x', 1_000_000));
        var receiving = pair.ReceiveAsync();
        await sending;
        Assert.Null(await pair.ClientReceiveAsync());
        Assert.Equal(WebSocketCloseStatus.MessageTooBig, pair.Client.CloseStatus);
        await pair.Client.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", CancellationToken.None);
        Assert.Null(await receiving);
    }

    [Fact]
    public async Task What_is_sent_leaves_in_its_order_and_before_the_close_frame()
    {
        using var pair = new SocketPair();
        var sent = Enumerable.Range(0, 20).Select(_ => pair.Server.SendAsync(Kilobyte).AsTask()).ToArray();
        var last = pair.Server.SendAsync("last"u8.ToArray(), isText: true);
        pair.Server.Close(new((WebSocketCloseStatus)4321, "why"));
        var late = pair.Server.SendAsync("too late"u8.ToArray());

        for (var i = 0; i < sent.Length; i++)
            Assert.Equal(1024, (await pair.ClientReceiveAsync())!.Length);
        Assert.Equal("last", await pair.ClientReceiveAsync());
        Assert.Null(await pair.ClientReceiveAsync());
        Assert.Equal((WebSocketCloseStatus)4321, pair.Client.CloseStatus);
        Assert.Equal("why", pair.Client.CloseStatusDescription);
        await Task.WhenAll([.. sent, last.AsTask(), late.AsTask()]).Guard();
    }

    [Fact]
    public async Task A_full_queue_closes_the_connection_and_who_reads_again_in_time_is_told_why()
    {
        using var pair = new SocketPair(new() { QueueItemsMax = 8 });
        FillTransport(pair, 8);
        Assert.False(pair.Server.IsClosing);

        await pair.Server.SendAsync(new byte[1]);
        Assert.Equal(SocketClosing.Of(DisconnectCode.SlowConsumer), pair.Server.Closing);
        while (await pair.ClientReceiveAsync() is { } message)
            Assert.Equal(1024, message.Length);
        Assert.Equal((WebSocketCloseStatus)3008, pair.Client.CloseStatus);
        Assert.Equal("slow client", pair.Client.CloseStatusDescription);
    }

    [Fact]
    public async Task As_many_bytes_as_may_wait_do_and_one_more_closes_the_connection()
    {
        using var pair = new SocketPair(new() { QueueBytesMax = 2048 });
        FillTransport(pair, 1);
        _ = pair.Server.SendAsync(Kilobyte).AsTask();
        Assert.False(pair.Server.IsClosing);

        await pair.Server.SendAsync(new byte[1]);
        Assert.Equal(SocketClosing.Of(DisconnectCode.SlowConsumer), pair.Server.Closing);
    }

    [Fact]
    public async Task Who_does_not_read_to_the_close_frame_is_cut_off_in_time()
    {
        using var pair = new SocketPair(new() { QueueItemsMax = 1 });
        FillTransport(pair, 1);
        await pair.Server.SendAsync(new byte[1]);
        var finishing = pair.Server.FinishAsync(SocketClosing.Normal);
        Assert.False(finishing.IsCompleted);

        pair.Clock.Advance(TimeSpan.FromSeconds(5));
        await finishing.Guard();
    }

    [Fact]
    public void A_write_that_waits_for_too_long_closes_the_connection()
    {
        using var pair = new SocketPair();
        FillTransport(pair, 1);
        pair.Clock.Advance(TimeSpan.FromSeconds(60));
        pair.Server.CheckTimes();
        Assert.False(pair.Server.IsClosing);

        pair.Clock.Advance(TimeSpan.FromTicks(1));
        pair.Server.CheckTimes();
        Assert.Equal(SocketClosing.Of(DisconnectCode.SlowConsumer), pair.Server.Closing);
    }

    [Fact]
    public async Task Silence_closes_the_connection_and_every_message_ends_it()
    {
        using var pair = new SocketPair(new() { IdleMax = TimeSpan.FromMinutes(10) });
        pair.Clock.Advance(TimeSpan.FromMinutes(9));
        await pair.SendAsync("here");
        await pair.ReceiveAsync();
        pair.Clock.Advance(TimeSpan.FromMinutes(10));
        pair.Server.CheckTimes();
        Assert.False(pair.Server.IsClosing);

        pair.Clock.Advance(TimeSpan.FromTicks(1));
        pair.Server.CheckTimes();
        Assert.Null(await pair.ClientReceiveAsync());
        Assert.Equal((WebSocketCloseStatus)3012, pair.Client.CloseStatus);
    }

    [Fact]
    public async Task A_client_that_closes_is_answered_and_its_door_told_once()
    {
        using var pair = new SocketPair();
        var told = 0;
        pair.Server.OnClosing = () => told++;
        await pair.Client.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "bye", CancellationToken.None);
        Assert.Null(await pair.ReceiveAsync());
        await pair.Server.FinishAsync(SocketClosing.Normal).Guard();

        Assert.Null(await pair.ClientReceiveAsync());
        Assert.Equal(WebSocketCloseStatus.NormalClosure, pair.Client.CloseStatus);
        pair.Server.Dispose();
        await pair.Server.Ended.Guard();
        Assert.Equal(1, told);
    }

    [Fact]
    public async Task A_client_that_vanishes_ends_the_reading()
    {
        using var pair = new SocketPair();
        var told = 0;
        pair.Server.OnClosing = () => told++;
        var receiving = pair.ReceiveAsync();
        pair.Wire.Cut();
        Assert.Null(await receiving);
        await pair.Server.FinishAsync(SocketClosing.Normal).Guard();
        Assert.Equal(1, told);
    }

    [Fact]
    public async Task What_is_no_frame_is_answered_with_1002()
    {
        using var pair = new SocketPair();
        await pair.Wire.WriteAsync(new byte[] { 0xff, 0x80, 0, 0, 0, 0 });
        await pair.Wire.FlushAsync();
        Assert.Null(await pair.ReceiveAsync());
        Assert.Null(await pair.ClientReceiveAsync());
        Assert.Equal(WebSocketCloseStatus.ProtocolError, pair.Client.CloseStatus);
        await pair.Server.FinishAsync(SocketClosing.Normal).Guard();
    }

    [Fact]
    public async Task What_comes_after_the_server_closed_is_read_to_the_clients_close_and_thrown_away()
    {
        using var pair = new SocketPair();
        pair.Server.Close(SocketClosing.Of(DisconnectCode.Forced));
        var receiving = pair.ReceiveAsync();
        await pair.SendAsync(new string('x', 100_000));
        Assert.False(receiving.IsCompleted);
        await pair.Client.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", CancellationToken.None);
        Assert.Null(await receiving);
    }

    /// <summary>Nothing is read by the client: sends until one has to wait, and so many behind it.</summary>
    private static void FillTransport(SocketPair pair, int waiting)
    {
        while (pair.Server.SendAsync(Kilobyte).AsTask().IsCompleted)
        {
        }

        for (var i = 0; i < waiting; i++)
            _ = pair.Server.SendAsync(Kilobyte).AsTask();
    }
}
