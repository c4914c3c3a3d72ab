using ImOrleans.Domain.Delivery;
using ImOrleans.Domain.Errors;
using ImOrleans.Gateway.Diagnostics;

namespace ImOrleans.Gateway.Sessions;

/// <summary>
/// The one way to a client. An idle connection is written at once; while a write is under way events gather, bounded,
/// and leave together in the next one. No caller ever waits for a client.
/// </summary>
/// <remarks>
/// <b>Guarantee:</b> events leave in the order in which they were posted. When the line is full, ephemeral messages are
/// dropped, the least urgent and oldest first, and the client is told how many as soon as it reads again. An event that
/// must arrive and finds no room ends the connection with <see cref="DisconnectCode.SlowConsumer"/>, a write that fails
/// with <see cref="DisconnectCode.Unavailable"/>.
/// </remarks>
internal sealed class SessionOutbox
{
    private const int EventsPerFrameMax = 256;
    private const int BytesPerFrameMax = 64 * 1024;

    private readonly Lock _gate = new();
    private readonly ISessionConnection _connection;
    private readonly SessionOutboxOptions _options;
    private readonly TimeProvider _clock;
    private readonly PriorityBuffer<SessionEvent> _waiting;
    private List<FlushMarker>? _marksInFrame;
    private long _dropped;
    private long _writeStartedAt;
    private bool _isWriting;
    private bool _isClosed;

    public SessionOutbox(ISessionConnection connection, SessionOutboxOptions options, TimeProvider clock)
    {
        _connection = connection;
        _options = options;
        _clock = clock;
        _waiting = new(options.EventsMax, options.BytesMax, OnDropped);
    }

    /// <summary>True when one write has waited longer than the options allow.</summary>
    public bool IsStalled
    {
        get
        {
            lock (_gate)
                return _isWriting && _clock.GetElapsedTime(_writeStartedAt) > _options.StallMax;
        }
    }

    /// <summary>Posts an event: written now when the connection is idle, else as soon as it can be.</summary>
    public void Post(SessionEvent sessionEvent)
    {
        bool isAlone;
        lock (_gate)
        {
            if (_isClosed)
                return;
            isAlone = !_isWriting && !HasMore;
            if (!isAlone)
                Enqueue(sessionEvent);
            if (_isWriting || _isClosed)
                return;
            BeginWriting();
        }

        if (isAlone)
            Continue(StartWrite(sessionEvent), null);
        else
            WriteWaiting(new FrameCache());
    }

    /// <summary>Adds an event without writing; true when the caller has to <see cref="Flush"/>.</summary>
    public bool Gather(SessionEvent sessionEvent)
    {
        lock (_gate)
        {
            if (_isClosed)
                return false;
            var wasEmpty = _waiting.Count == 0;
            Enqueue(sessionEvent);
            return wasEmpty && !_isWriting;
        }
    }

    /// <summary>Writes what was gathered, unless a write is under way, which will take it along.</summary>
    public void Flush(FrameCache frames)
    {
        lock (_gate)
        {
            if (_isWriting || _isClosed || !HasMore)
                return;
            BeginWriting();
        }

        WriteWaiting(frames);
    }

    /// <summary>
    /// Completes when everything posted before was handed to the transport, or the session is closed.
    /// </summary>
    public Task FlushedAsync()
    {
        lock (_gate)
        {
            if (_isClosed || (!_isWriting && _waiting.Count == 0))
                return Task.CompletedTask;
            var marker = new FlushMarker();
            Enqueue(marker);
            return marker.Written;
        }
    }

    /// <summary>The same, but waits no longer than <paramref name="patience"/>.</summary>
    public async Task FlushedAsync(TimeSpan patience)
    {
        try
        {
            await FlushedAsync().WaitAsync(patience, _clock);
        }
        catch (TimeoutException)
        {
            // The client does not read.
        }
    }

    /// <summary>Drops what waits; nothing is written any more.</summary>
    public void Close()
    {
        lock (_gate)
            MarkClosed();
    }

    /// <summary>True when another frame is due: something waits, or the client has to hear what was dropped.</summary>
    private bool HasMore => _waiting.Count > 0 || _dropped > 0;

    private void BeginWriting()
    {
        _isWriting = true;
        _writeStartedAt = _clock.GetTimestamp();
    }

    private void Enqueue(SessionEvent sessionEvent)
    {
        if (sessionEvent.Priority is { } priority)
        {
            _waiting.Add(sessionEvent, sessionEvent.Bytes, priority);
        }
        else if (!_waiting.TryAddRequired(sessionEvent, sessionEvent.Bytes, out _))
        {
            MarkClosed();
            _connection.Close(DisconnectCode.SlowConsumer);
        }
    }

    private void OnDropped(SessionEvent sessionEvent)
    {
        _dropped += sessionEvent.Count;
        GatewayMetrics.EventsDropped.Add(sessionEvent.Count);
    }

    private void MarkClosed()
    {
        _isClosed = true;
        _dropped = 0;
        while (_waiting.TryTake(out var left, out _))
            (left as FlushMarker)?.Complete();
        CompleteMarks();
    }

    /// <summary>Writes frames until nothing waits or the transport is busy. The caller has begun writing.</summary>
    private void WriteWaiting(FrameCache frames)
    {
        var events = new List<SessionEvent>();
        while (TakeFrame(events))
        {
            var pending = StartWrite(events, frames);
            if (!pending.IsCompletedSuccessfully)
            {
                Continue(pending, frames);
                return;
            }
        }
    }

    private void Continue(ValueTask pending, FrameCache? frames)
    {
        if (!pending.IsCompletedSuccessfully)
            _ = ContinueAsync(pending);
        else if (!TryGoIdle())
            WriteWaiting(frames ?? new FrameCache());
    }

    private async Task ContinueAsync(ValueTask pending)
    {
        try
        {
            await pending;
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            // Mostly the connection is going away anyway. An event that has no form must not leave a session behind
            // that is connected and hears nothing.
            Close();
            _connection.Close(DisconnectCode.Unavailable);
            return;
        }

        if (!TryGoIdle())
            WriteWaiting(new FrameCache());
    }

    private ValueTask StartWrite(SessionEvent sessionEvent)
    {
        try
        {
            return _connection.WriteAsync(_connection.Encode(sessionEvent));
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            return ValueTask.FromException(failure);
        }
    }

    private ValueTask StartWrite(List<SessionEvent> events, FrameCache frames)
    {
        try
        {
            return _connection.WriteAsync(frames.Get(_connection, events));
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            return ValueTask.FromException(failure);
        }
    }

    private bool TryGoIdle()
    {
        lock (_gate)
        {
            if (HasMore)
                return false;
            _isWriting = false;
            CompleteMarks();
            return true;
        }
    }

    private bool TakeFrame(List<SessionEvent> events)
    {
        events.Clear();
        lock (_gate)
        {
            CompleteMarks();
            if (_dropped > 0)
                events.Add(TakeDroppedNotice());
            for (var bytes = 0; events.Count < EventsPerFrameMax && bytes < BytesPerFrameMax;)
            {
                if (!_waiting.TryTake(out var next, out var size))
                    break;
                if (next is FlushMarker marker)
                    (_marksInFrame ??= []).Add(marker);
                else
                    events.Add(next);
                bytes += size;
            }

            if (events.Count > 0)
            {
                _writeStartedAt = _clock.GetTimestamp();
                return true;
            }

            _isWriting = false;
            CompleteMarks();
            return false;
        }
    }

    private void CompleteMarks()
    {
        if (_marksInFrame is null)
            return;
        foreach (var marker in _marksInFrame)
            marker.Complete();
        _marksInFrame = null;
    }

    private ConnectionEvent TakeDroppedNotice()
    {
        var dropped = _dropped;
        _dropped = 0;
        return new(ConnectionState.Connected, ConnectionReason.None, "Messages were dropped: they were read too slowly.")
        {
            Dropped = dropped,
        };
    }

    /// <summary>A place in the line: whoever awaits it knows that all before it was written.</summary>
    private sealed class FlushMarker : SessionEvent
    {
        private readonly TaskCompletionSource _written = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Written => _written.Task;

        public override int Bytes => 0;

        public void Complete() => _written.TrySetResult();
    }
}
