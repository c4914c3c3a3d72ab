using System.Net.WebSockets;
using System.Text;
using ImOrleans.Gateway.Protocols.WebSockets;

namespace ImOrleans.Gateway.Tests.Protocols.WebSockets;

/// <summary>A connection as the server has it, and the WebSocket of its client.</summary>
internal sealed class SocketPair : IDisposable
{
    public SocketPair(SocketLimits? limits = null, TimeProvider? clock = null)
    {
        var (near, far) = PipeStream.NewPair();
        Client = WebSocket.CreateFromStream(far, isServer: false, null, TimeSpan.Zero);
        Wire = far;
        Server = new(
            WebSocket.CreateFromStream(near, isServer: true, null, TimeSpan.Zero), limits ?? new SocketLimits(), clock ?? Clock,
            near.Cut);
    }

    public ManualTimeProvider Clock { get; } = new();

    public SocketConnection Server { get; }

    public WebSocket Client { get; }

    /// <summary>The client's end, beneath its WebSocket.</summary>
    public PipeStream Wire { get; }

    public Task SendAsync(string text, bool isLast = true, bool isText = true) => Client.SendAsync(
        Encoding.UTF8.GetBytes(text), isText ? WebSocketMessageType.Text : WebSocketMessageType.Binary, isLast,
        CancellationToken.None).Guard();

    /// <summary>What the server reads next, as text; null at the end.</summary>
    public async Task<string?> ReceiveAsync() =>
        await Server.ReceiveAsync().AsTask().Guard() is { } message ? Encoding.UTF8.GetString(message.Bytes.Span) : null;

    /// <summary>What the client reads next, as text; null at a close frame.</summary>
    public async Task<string?> ClientReceiveAsync() =>
        await ClientReceiveBytesAsync() is { } bytes ? Encoding.UTF8.GetString(bytes) : null;

    /// <summary>What the client reads next; null at a close frame.</summary>
    public async Task<byte[]?> ClientReceiveBytesAsync()
    {
        var buffer = new byte[64 * 1024];
        var length = 0;
        while (true)
        {
            var read = await Client.ReceiveAsync(buffer.AsMemory(length), CancellationToken.None).AsTask().Guard();
            length += read.Count;
            if (read.MessageType == WebSocketMessageType.Close)
                return null;
            if (read.EndOfMessage)
                return buffer[..length];
        }
    }

    public void Dispose()
    {
        Server.Dispose();
        Client.Dispose();
    }
}
