using System.Buffers;
using System.IO.Pipelines;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;

namespace ImOrleans.ClientKit;

/// <summary>A client WebSocket as a pair of pipes, in text frames.</summary>
internal sealed class WebSocketConnection : ConnectionContext, IDuplexPipe
{
    private readonly ClientWebSocket _socket;
    private readonly Pipe _received = new();
    private readonly Pipe _toSend = new();
    private readonly CancellationTokenSource _closed = new();

    public WebSocketConnection(ClientWebSocket socket)
    {
        _socket = socket;
        Transport = this;
        ConnectionClosed = _closed.Token;
        _ = ReceiveAsync();
        _ = SendAsync();
    }

    public PipeReader Input => _received.Reader;

    public PipeWriter Output => _toSend.Writer;

    public override IDuplexPipe Transport { get; set; }

    public override string ConnectionId { get; set; } = Guid.NewGuid().ToString("N");

    public override IFeatureCollection Features { get; } = new FeatureCollection();

    public override IDictionary<object, object?> Items { get; set; } = new Dictionary<object, object?>();

    public override void Abort(ConnectionAbortedException abortReason) => _socket.Abort();

    public override async ValueTask DisposeAsync()
    {
        _toSend.Writer.Complete();
        if (_socket.State == WebSocketState.Open)
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(2));
            try
            {
                await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, patience.Token);
            }
            catch (Exception gone) when (gone is WebSocketException or OperationCanceledException)
            {
                // The other side was faster.
            }
        }

        _socket.Dispose();
        _closed.Dispose();
        await base.DisposeAsync();
    }

    private async Task ReceiveAsync()
    {
        Exception? failure = null;
        try
        {
            while (true)
            {
                var result = await _socket.ReceiveAsync(_received.Writer.GetMemory(), CancellationToken.None);
                if (result.MessageType == WebSocketMessageType.Close)
                    break;
                _received.Writer.Advance(result.Count);
                await _received.Writer.FlushAsync();
            }
        }
        catch (Exception gone) when (gone is WebSocketException or ObjectDisposedException or OperationCanceledException)
        {
            failure = gone;
        }

        await _received.Writer.CompleteAsync(failure);
        try
        {
            await _closed.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // Disposed by its owner.
        }
    }

    private async Task SendAsync()
    {
        try
        {
            while (true)
            {
                var read = await _toSend.Reader.ReadAsync();
                if (!read.Buffer.IsEmpty)
                    await _socket.SendAsync(read.Buffer.ToArray(), WebSocketMessageType.Text, true, CancellationToken.None);
                _toSend.Reader.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted)
                    break;
            }
        }
        catch (Exception gone) when (gone is WebSocketException or ObjectDisposedException or OperationCanceledException)
        {
            // Told by the receiving side.
        }

        await _toSend.Reader.CompleteAsync();
    }
}
