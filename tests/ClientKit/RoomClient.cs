using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using ImOrleans.ClientKit.GoWire;

namespace ImOrleans.ClientKit;

/// <summary>A client of the chat room door, written from its description and without the server's code.</summary>
public sealed class RoomClient : IAsyncDisposable
{
    private const int SignInType = 1;
    private const int MessageType = 3;
    private const int MembersType = 4;

    private readonly ClientWebSocket _socket = new();

    /// <summary>Connects and signs in.</summary>
    /// <param name="server">The server's address over HTTP.</param>
    /// <param name="token">Who.</param>
    /// <param name="room">Where.</param>
    public static async Task<RoomClient> EnterAsync(Uri server, string token, string room)
    {
        var client = new RoomClient();
        try
        {
            using var patience = new CancellationTokenSource(RtmClient.Patience);
            await client._socket.ConnectAsync(
                new UriBuilder(server) { Scheme = "ws", Path = "/room" }.Uri, patience.Token);
            await client.SendAsync(SignInType, new GoFields().With(1, token).With(2, room).ToBytes());
            var answer = await client.NextAsync(0);
            return answer.Number(1) == 0 ? client : throw new InvalidOperationException(answer.Text(2));
        }
        catch
        {
            await client.DisposeAsync();
            throw;
        }
    }

    /// <summary>Says something in a room; level 1 is important.</summary>
    public Task SayAsync(string room, string text, int level = 0) =>
        SendAsync(MessageType, new GoFields().With(1, room).With(2, level).With(3, text).ToBytes());

    /// <summary>How many are in the room.</summary>
    public async Task<int> CountAsync()
    {
        await SendAsync(MembersType, []);
        return int.Parse((await ReceiveAsync(MembersType)).Text(2), CultureInfo.InvariantCulture);
    }

    /// <summary>The next messages that come together: their level and texts.</summary>
    public async Task<(long Level, string[] Texts)> NextPackAsync()
    {
        var pack = await NextAsync(MessageType);
        var texts = new List<string>();
        var packed = pack.Bytes(3);
        for (var at = 0; at < packed.Length;)
        {
            var length = BitConverter.ToInt32(packed, at);
            texts.Add(Encoding.UTF8.GetString(packed, at + 4, length));
            at += 4 + length;
        }

        return (pack.Number(2), [.. texts]);
    }

    public ValueTask DisposeAsync()
    {
        _socket.Abort();
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task SendAsync(int type, byte[] data)
    {
        using var patience = new CancellationTokenSource(RtmClient.Patience);
        await _socket.SendAsync(
            new GoFields().With(1, type).With(2, data).ToBytes(), WebSocketMessageType.Binary, true, patience.Token);
    }

    /// <summary>The data of the next reply, which must be of a type.</summary>
    private async Task<GoFields> NextAsync(int type) => GoFields.Read((await ReceiveAsync(type)).Bytes(2));

    private async Task<GoFields> ReceiveAsync(int type)
    {
        using var patience = new CancellationTokenSource(RtmClient.Patience);
        var buffer = new byte[128 * 1024];
        var length = 0;
        ValueWebSocketReceiveResult read;
        do
        {
            read = await _socket.ReceiveAsync(buffer.AsMemory(length), patience.Token);
            length += read.Count;
        }
        while (!read.EndOfMessage);
        var reply = GoFields.Read(buffer[..length]);
        return reply.Number(1) == type
            ? reply
            : throw new InvalidOperationException($"A reply of type {reply.Number(1)} came, {_socket.CloseStatus}.");
    }
}
