using System.IO.Pipelines;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;

namespace ImOrleans.Client.Connections;

/// <summary>A client WebSocket as the pair of pipes that SignalR's client wants, in text messages.</summary>
internal sealed class WebSocketConnection : ConnectionContext, IDuplexPipe
{
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(2);

    private readonly ClientWebSocket _socket;
    private readonly TimeProvider _clock;
    private readonly Pipe _received = new();
    private readonly Pipe _toSend = new();
    private readonly CancellationTokenSource _closed = new();
    private readonly Task _receiving;
    private readonly Task _sending;
    private int _disposed;

    public WebSocketConnection(ClientWebSocket socket, TimeProvider clock)
    {
        _socket = socket;
        _clock = clock;
        Transport = this;
        ConnectionClosed = _closed.Token;
        _receiving = ReceiveAsync();
        _sending = SendAsync();
    }

    public PipeReader Input => _received.Reader;

    public PipeWriter Output => _toSend.Writer;

    public override IDuplexPipe Transport { get; set; }

    public override string ConnectionId { get; set; } = "";

    public override IFeatureCollection Features { get; } = new FeatureCollection();

    public override IDictionary<object, object?> Items { get; set; } = new Dictionary<object, object?>();

    public override void Abort(ConnectionAbortedException abortReason) => _socket.Abort();

    public override async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        // What was written goes out first, unless the other side does not take it.
        await _toSend.Writer.CompleteAsync().ConfigureAwait(false);
        using (var patience = new CancellationTokenSource(CloseTimeout, _clock))
        {
            try
            {
                await _sending.WaitAsync(patience.Token).ConfigureAwait(false);
                if (_socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
                {
                    await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, patience.Token)
                        .ConfigureAwait(false);
                }
            }
            catch (Exception gone) when (IsGone(gone))
            {
                // The other side was faster, or does not listen.
            }
        }

        _socket.Abort();
        // The receiver may wait for room in its pipe: nobody reads any more.
        await _received.Reader.CompleteAsync().ConfigureAwait(false);
        await _receiving.ConfigureAwait(false);
        await _sending.ConfigureAwait(false);
        _socket.Dispose();
        _closed.Dispose();
        await base.DisposeAsync().ConfigureAwait(false);
    }

    private static bool IsGone(Exception failure) => failure
        is WebSocketException or ObjectDisposedException or OperationCanceledException or InvalidOperationException;

    private async Task ReceiveAsync()
    {
        Exception? failure = null;
        try
        {
            while (true)
            {
                var result = await _socket.ReceiveAsync(_received.Writer.GetMemory(), CancellationToken.None)
                    .ConfigureAwait(false);
                if (result.MessageType == WebSocketMessageType.Close)
                    break;
                _received.Writer.Advance(result.Count);
                var flushed = await _received.Writer.FlushAsync(CancellationToken.None).ConfigureAwait(false);
                if (flushed.IsCompleted)
                    break;
            }
        }
        catch (Exception gone) when (IsGone(gone))
        {
            failure = gone;
        }

        await _received.Writer.CompleteAsync(failure).ConfigureAwait(false);
        await _closed.CancelAsync().ConfigureAwait(false);
    }

    private async Task SendAsync()
    {
        try
        {
            while (true)
            {
                var read = await _toSend.Reader.ReadAsync(CancellationToken.None).ConfigureAwait(false);
                // The hub connection flushes whole frames, so a message never ends within a character.
                var rest = read.Buffer;
                while (!rest.IsEmpty)
                {
                    var part = rest.First;
                    rest = rest.Slice(part.Length);
                    await _socket.SendAsync(part, WebSocketMessageType.Text, rest.IsEmpty, CancellationToken.None)
                        .ConfigureAwait(false);
                }

                _toSend.Reader.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted)
                    break;
            }
        }
        catch (Exception gone) when (IsGone(gone))
        {
            // Told by the receiving side.
            _socket.Abort();
        }

        await _toSend.Reader.CompleteAsync().ConfigureAwait(false);
    }
}
