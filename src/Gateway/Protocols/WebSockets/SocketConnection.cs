using System.Buffers;
using System.Net.WebSockets;
using ImOrleans.Domain.Errors;
using ImOrleans.Gateway.Diagnostics;

namespace ImOrleans.Gateway.Protocols.WebSockets;

/// <summary>One WebSocket: whole messages in, a bounded line of messages out, and an orderly end.</summary>
/// <remarks>
/// <b>Guarantee:</b> messages leave in the order in which they were sent, one at a time; what was sent before
/// <see cref="Close"/> leaves before the close frame. A client that does not take them in time is closed with
/// <see cref="DisconnectCode.SlowConsumer"/> and loses what waits; since nothing reaches it, it sees that code only when it
/// begins to read in time. One caller reads, any number send and close.
/// </remarks>
/// <param name="socket">The WebSocket.</param>
/// <param name="limits">What it may use.</param>
/// <param name="clock">The clock.</param>
/// <param name="cut">Ends the transport at once, so that what waits for it ends too.</param>
internal sealed class SocketConnection(WebSocket socket, SocketLimits limits, TimeProvider clock, Action cut) : IDisposable
{
    /// <summary>What most messages fit in.</summary>
    private const int ReadBufferBytes = 4 * 1024;

    private readonly Lock _gate = new();
    private readonly Queue<Outgoing> _waiting = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private byte[] _buffer = [];
    private ITimer? _guard;
    private SocketClosing? _closing;
    private long _heardAt = clock.GetTimestamp();
    private long _writeStartedAt;
    private int _waitingBytes;
    private bool _isWriting;
    private bool _isReadToEnd;
    private bool _isCut;
    private bool _isEnded;

    /// <summary>True when the connection will be closed: nothing more is read or sent.</summary>
    public bool IsClosing => Closing is not null;

    /// <summary>How the server closes the connection, or has answered its client's close; null while it is open.</summary>
    public SocketClosing? Closing
    {
        get
        {
            lock (_gate)
                return _closing;
        }
    }

    /// <summary>Called once when the connection begins to close, whoever closes it.</summary>
    public Action? OnClosing { get; set; }

    /// <summary>Called once when it is closed since its client does not take what it is sent.</summary>
    public Action? OnSlow { get; init; }

    /// <summary>Completes when the connection has ended.</summary>
    public Task Ended => _ended.Task;

    /// <summary>How long no message was heard.</summary>
    public TimeSpan Silence => clock.GetElapsedTime(Interlocked.Read(ref _heardAt));

    /// <summary>
    /// Sends a message behind those that wait. Completes when the transport has taken it; with no error when the connection
    /// ended before, or was closing already.
    /// </summary>
    /// <param name="message">Must not be changed before that.</param>
    /// <param name="isText">As text: then it must be UTF-8.</param>
    public ValueTask SendAsync(ReadOnlyMemory<byte> message, bool isText = false)
    {
        var isSlow = false;
        lock (_gate)
        {
            if (_closing is not null || _isEnded)
                return ValueTask.CompletedTask;
            if (_isWriting)
            {
                isSlow = _waiting.Count >= limits.QueueItemsMax || _waitingBytes + message.Length > limits.QueueBytesMax;
                if (!isSlow)
                {
                    var outgoing = new Outgoing(message, isText);
                    _waiting.Enqueue(outgoing);
                    _waitingBytes += message.Length;
                    return new(outgoing.Written.Task);
                }
            }
            else
            {
                BeginWriting();
            }
        }

        if (isSlow)
        {
            GatewayMetrics.EventsDropped.Add(1);
            Close(SocketClosing.Of(DisconnectCode.SlowConsumer));
            return ValueTask.CompletedTask;
        }

        var writing = WriteAsync(message, isText);
        if (!writing.IsCompletedSuccessfully)
            return new(GoOnAfterAsync(writing));
        // What was sent meanwhile is another caller's.
        _ = GoOnAsync();
        return ValueTask.CompletedTask;
    }

    /// <summary>
    /// The next whole message; null when there is none any more: the client has closed or gone, or the server has closed and
    /// was answered, or was not in time.
    /// </summary>
    public async ValueTask<SocketMessage?> ReceiveAsync()
    {
        ReturnBuffer();
        try
        {
            while (!_isReadToEnd)
            {
                // Nothing is rented while nothing comes.
                var read = await socket.ReceiveAsync(Memory<byte>.Empty, CancellationToken.None);
                var length = 0;
                while (read.MessageType != WebSocketMessageType.Close && !read.EndOfMessage)
                {
                    if (length == _buffer.Length && !TryGrow())
                        length = 0; // What is left of it is thrown away.
                    read = await socket.ReceiveAsync(_buffer.AsMemory(length), CancellationToken.None);
                    length += read.Count;
                    if (length > limits.MessageBytesMax)
                        Close(SocketClosing.TooBig);
                }

                if (read.MessageType == WebSocketMessageType.Close)
                {
                    _isReadToEnd = true;
                    Close(SocketClosing.Normal);
                    return null;
                }

                Interlocked.Exchange(ref _heardAt, clock.GetTimestamp());
                if (!IsClosing)
                    return new SocketMessage(_buffer.AsMemory(0, length), read.MessageType == WebSocketMessageType.Text);
            }
        }
        catch (WebSocketException broken) when (broken.WebSocketErrorCode == WebSocketError.Faulted)
        {
            // What is no frame was answered with a close frame beneath.
            Close(SocketClosing.ProtocolError);
        }
        catch (Exception gone) when (IsGone(gone))
        {
            Abort();
        }

        _isReadToEnd = true;
        return null;
    }

    /// <summary>
    /// Closes the connection behind what waits to be sent; of a slow client that is forgotten. The first reason counts.
    /// </summary>
    public void Close(SocketClosing closing)
    {
        bool isIdle;
        var isSlow = closing.Status == (WebSocketCloseStatus)(int)DisconnectCode.SlowConsumer;
        lock (_gate)
        {
            if (_closing is not null || _isEnded)
                return;
            _closing = closing;
            if (isSlow)
                DropWaiting();
            _guard = clock.CreateTimer(_ => Abort(), null, limits.CloseMax, Timeout.InfiniteTimeSpan);
            isIdle = !_isWriting;
            if (isIdle)
                BeginWriting();
        }

        if (isIdle)
            _ = GoOnAsync();
        if (isSlow)
            OnSlow?.Invoke();
        OnClosing?.Invoke();
    }

    /// <summary>Cuts the connection off.</summary>
    public void Abort()
    {
        bool isFirst;
        lock (_gate)
        {
            if (_isEnded || _isCut)
                return;
            _isCut = true;
            isFirst = _closing is null;
            _closing ??= SocketClosing.Lost;
            DropWaiting();
        }

        socket.Abort();
        cut();
        _closed.TrySetResult();
        if (isFirst)
            OnClosing?.Invoke();
    }

    /// <summary>Closes a client that does not take what it is sent, or was not heard for too long.</summary>
    public void CheckTimes()
    {
        bool isStalled;
        lock (_gate)
            isStalled = _isWriting && clock.GetElapsedTime(_writeStartedAt) > limits.StallMax;
        if (isStalled)
            Close(SocketClosing.Of(DisconnectCode.SlowConsumer));
        else if (limits.IdleMax is { } idleMax && Silence > idleMax)
            Close(SocketClosing.Of(DisconnectCode.Silent));
    }

    /// <summary>
    /// Nothing more is read from the client on purpose: closes, and waits until the closing handshake is over, in bounded
    /// time.
    /// </summary>
    public async Task FinishAsync(SocketClosing closing)
    {
        Close(closing);
        await ReceiveAsync();

        // The close frame goes behind what waits; a client that does not take that is cut off in time.
        await _closed.Task;
    }

    /// <summary>The connection has ended, and everything with it.</summary>
    public void Dispose()
    {
        if (!IsClosing)
            Abort();
        lock (_gate)
        {
            _isEnded = true;
            DropWaiting();
        }

        _guard?.Dispose();
        socket.Dispose();
        ReturnBuffer();
        _ended.TrySetResult();
    }

    private void BeginWriting()
    {
        _isWriting = true;
        _writeStartedAt = clock.GetTimestamp();
    }

    /// <summary>Under the gate.</summary>
    private void DropWaiting()
    {
        GatewayMetrics.EventsDropped.Add(_waiting.Count);
        while (_waiting.TryDequeue(out var dropped))
            dropped.Written.TrySetResult();
        _waitingBytes = 0;
    }

    private async Task GoOnAfterAsync(ValueTask writing)
    {
        await writing;
        _ = GoOnAsync();
    }

    /// <summary>Writes what waits until nothing does, and the close frame behind it.</summary>
    private async Task GoOnAsync()
    {
        while (true)
        {
            Outgoing? next;
            SocketClosing? closing = null;
            lock (_gate)
            {
                if (_waiting.TryDequeue(out next))
                {
                    _waitingBytes -= next.Message.Length;
                    _writeStartedAt = clock.GetTimestamp();
                }
                else if (_closing is null)
                {
                    _isWriting = false;
                    return;
                }
                else
                {
                    closing = _closing;
                }
            }

            if (next is not null)
            {
                await WriteAsync(next.Message, next.IsText);
                next.Written.TrySetResult();
            }
            else
            {
                // It goes on counting as writing: nothing comes behind a close frame.
                await WriteCloseAsync(closing!.Value);
                return;
            }
        }
    }

    /// <summary>A write that fails ends the connection, which whoever reads finds out.</summary>
    private async ValueTask WriteAsync(ReadOnlyMemory<byte> message, bool isText)
    {
        try
        {
            await socket.SendAsync(
                message, isText ? WebSocketMessageType.Text : WebSocketMessageType.Binary, endOfMessage: true, CancellationToken.None);
        }
        catch (Exception gone) when (IsGone(gone))
        {
            Abort();
        }
    }

    private async Task WriteCloseAsync(SocketClosing closing)
    {
        try
        {
            if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
                await socket.CloseOutputAsync(closing.Status, closing.Reason, CancellationToken.None);
        }
        catch (Exception gone) when (IsGone(gone))
        {
            Abort();
        }

        _closed.TrySetResult();
    }

    private static bool IsGone(Exception failure) =>
        failure is WebSocketException or IOException or OperationCanceledException or ObjectDisposedException
            or InvalidOperationException;

    /// <summary>More room for the message that is being read; false when it is longer than is read.</summary>
    private bool TryGrow()
    {
        // One byte beyond the limit tells that it is passed.
        var most = limits.MessageBytesMax + 1;
        if (_buffer.Length >= most || IsClosing)
        {
            if (_buffer.Length == 0)
                _buffer = ArrayPool<byte>.Shared.Rent(ReadBufferBytes);
            return false;
        }

        var larger = ArrayPool<byte>.Shared.Rent(
            Math.Min(most, Math.Max(ReadBufferBytes, _buffer.Length * 2)));
        _buffer.CopyTo(larger, 0);
        ReturnBuffer();
        _buffer = larger;
        return true;
    }

    private void ReturnBuffer()
    {
        if (_buffer.Length > 0)
            ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    /// <summary>A message that waits to be written.</summary>
    private sealed record Outgoing(ReadOnlyMemory<byte> Message, bool IsText)
    {
        public TaskCompletionSource Written { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
