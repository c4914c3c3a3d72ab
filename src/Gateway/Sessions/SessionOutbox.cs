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
/// <para>A resumable one keeps what comes while there is no connection, and what was written and not confirmed: on the
/// next connection all that the client has not got leaves in order, once. Another one forgets what comes meanwhile.</para>
/// </remarks>
internal sealed class SessionOutbox
{
    private const int EventsPerFrameMax = 256;
    private const int BytesPerFrameMax = 64 * 1024;

    private readonly Lock _gate = new();
    private readonly SessionOutboxOptions _options;
    private readonly TimeProvider _clock;
    private readonly PriorityBuffer<SessionEvent> _waiting;
    private readonly SentEvents? _sent;
    private readonly List<FlushMarker> _marks = [];
    private List<FlushMarker>? _marksInFrame;
    private Queue<SessionEvent>? _replay;
    private ISessionConnection? _connection;
    private long _connectionNumber;
    private long _dropped;
    private long _writeStartedAt;
    private bool _isWriting;
    private bool _isClosed;

    public SessionOutbox(
        ISessionConnection? connection, SessionOutboxOptions options, TimeProvider clock, bool isResumable = false,
        long received = 0)
    {
        _connection = connection;
        _options = options;
        _clock = clock;
        _waiting = new(options.EventsMax, options.BytesMax, OnDropped);
        _sent = isResumable ? new(options.EventsMax, options.BytesMax, received) : null;
    }

    /// <summary>
    /// Called, in a lock, when a connected client is cut off because what must arrive does not fit, with the number of
    /// events that are lost with that.
    /// </summary>
    public Action<long>? OnOverflow { get; init; }

    /// <summary>True when nothing is written any more, on this connection or another.</summary>
    public bool IsClosed
    {
        get
        {
            lock (_gate)
                return _isClosed;
        }
    }

    /// <summary>Counts the connections that there were and are; what is for one goes to no other.</summary>
    public long ConnectionNumber
    {
        get
        {
            lock (_gate)
                return _connectionNumber;
        }
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
    /// <param name="sessionEvent">The event.</param>
    /// <param name="connectionNumber">The connection that it is for; null: whichever there is.</param>
    public void Post(SessionEvent sessionEvent, long? connectionNumber = null)
    {
        ISessionConnection connection;
        bool isAlone;
        lock (_gate)
        {
            if (!TakesEvents || IsOfOther(connectionNumber))
                return;
            isAlone = _connection is not null && !_isWriting && !HasMore;
            if (!isAlone)
                Enqueue(sessionEvent);
            if (_isWriting || _isClosed || _connection is null)
                return;
            connection = _connection;
            BeginWriting();
            if (isAlone)
                Number(sessionEvent);
        }

        if (isAlone)
            Continue(connection, StartWrite(connection, sessionEvent), null);
        else
            WriteWaiting(connection, new FrameCache());
    }

    /// <summary>Adds an event without writing; true when the caller has to <see cref="Flush"/>.</summary>
    public bool Gather(SessionEvent sessionEvent, long? connectionNumber = null)
    {
        lock (_gate)
        {
            if (!TakesEvents || IsOfOther(connectionNumber))
                return false;
            var wasEmpty = _waiting.Count == 0;
            Enqueue(sessionEvent);
            return wasEmpty && !_isWriting && _connection is not null;
        }
    }

    /// <summary>Writes what was gathered, unless a write is under way, which will take it along.</summary>
    public void Flush(FrameCache frames)
    {
        ISessionConnection connection;
        lock (_gate)
        {
            if (_isWriting || _isClosed || _connection is null || !HasMore)
                return;
            connection = _connection;
            BeginWriting();
        }

        WriteWaiting(connection, frames);
    }

    /// <summary>The connection is lost: nothing is written until the next one. Another's loss changes nothing.</summary>
    public void Detach(ISessionConnection connection)
    {
        lock (_gate)
        {
            if (_connection != connection)
                return;
            _connection = null;
            _replay = null;
            _isWriting = false;
            ForgetConnection();

            // Nobody may wait for a client that is not there.
            CompleteAllMarks();
        }
    }

    /// <summary>
    /// The client is back: what it is told first is <paramref name="greeting"/>, then all that it has not got.
    /// <see cref="Resume"/> follows.
    /// </summary>
    /// <param name="connection">Its new connection.</param>
    /// <param name="received">How many events it has got.</param>
    /// <param name="greeting">Belongs to the connection, and is not counted.</param>
    /// <param name="rest">What comes before all that waits here; null: nothing.</param>
    /// <returns>False when not all of that is there any more; then nothing has changed.</returns>
    public bool TryAttach(
        ISessionConnection connection, long received, SessionEvent greeting, OutboxRest? rest = null)
    {
        lock (_gate)
        {
            if (_isClosed || _sent is null || !_sent.TryReplay(received, out var missed))
                return false;
            _connection = connection;
            ForgetConnection();
            _replay = new([greeting, .. missed, .. rest?.Events ?? []]);
            _dropped += rest?.Dropped ?? 0;
            foreach (var sessionEvent in rest?.Events ?? [])
                Number(sessionEvent);
            CompleteAllMarks();
            BeginWriting();
            return true;
        }
    }

    /// <summary>
    /// Ends it, and yields all that the client has not got, to be written elsewhere; null when that is not all there.
    /// </summary>
    public OutboxRest? Take(long received)
    {
        lock (_gate)
        {
            if (_isClosed || _sent is null || !_sent.TryReplay(received, out var missed))
                return null;
            var events = new List<SessionEvent>(missed);
            while (_waiting.TryTake(out var next, out _))
                if (next is not FlushMarker)
                    events.Add(next);
            var rest = new OutboxRest(events, _dropped);
            MarkClosed();
            return rest;
        }
    }

    /// <summary>Begins to write on the connection that was attached.</summary>
    public void Resume(ISessionConnection connection) => WriteWaiting(connection, new FrameCache());

    /// <summary>The client has got so many events.</summary>
    public void Confirm(long received)
    {
        lock (_gate)
            _sent?.Confirm(received);
    }

    /// <summary>
    /// Completes when everything posted before was handed to the transport, or when there is no connection.
    /// </summary>
    public Task FlushedAsync() => Mark()?.Written ?? Task.CompletedTask;

    /// <summary>The same, but waits no longer than <paramref name="patience"/>: the client may not read.</summary>
    /// <remarks>Goes on where it was called, as a plain await does; one on a task that waits for both would not.</remarks>
    public async Task FlushedAsync(TimeSpan patience)
    {
        if (Mark() is not { } marker)
            return;
        using var timer = _clock.CreateTimer(_ => marker.Complete(), null, patience, Timeout.InfiniteTimeSpan);
        await marker.Written;
    }

    /// <summary>Drops what waits; nothing is written any more.</summary>
    public void Close()
    {
        lock (_gate)
            MarkClosed();
    }

    private bool IsOfOther(long? connectionNumber) => connectionNumber is { } number && number != _connectionNumber;

    private void ForgetConnection()
    {
        _connectionNumber++;
        _waiting.RemoveAll(static waiting => waiting.IsOfConnection);
    }

    private bool TakesEvents => !_isClosed && (_connection is not null || _sent is not null);

    /// <summary>True when another frame is due: something waits, or the client has to hear what was dropped.</summary>
    private bool HasMore => _waiting.Count > 0 || _dropped > 0 || _replay is { Count: > 0 };

    /// <summary>Marks the end of the line; null when there is nothing to wait for.</summary>
    private FlushMarker? Mark()
    {
        lock (_gate)
        {
            if (_isClosed || _connection is null || (!_isWriting && !HasMore))
                return null;
            var marker = new FlushMarker();
            _marks.Add(marker);
            Enqueue(marker);
            return marker;
        }
    }

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
            var lost = _dropped + CountWaiting();
            MarkClosed();
            if (_connection is null)
                return;
            OnOverflow?.Invoke(lost);
            _connection.Close(DisconnectCode.SlowConsumer);
        }
    }

    /// <summary>Counts the events that wait, by taking them out.</summary>
    private long CountWaiting()
    {
        long count = 0;
        while (_waiting.TryTake(out var next, out _))
            count += next is FlushMarker ? 0 : next.Count;
        return count;
    }

    private void Number(SessionEvent sessionEvent)
    {
        if (sessionEvent.IsCounted)
            _sent?.Add(sessionEvent);
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
        _replay = null;
        while (_waiting.TryTake(out _, out _))
        {
        }

        CompleteAllMarks();
    }

    /// <summary>Writes frames until nothing waits or the transport is busy. The caller has begun writing.</summary>
    private void WriteWaiting(ISessionConnection connection, FrameCache frames)
    {
        var events = new List<SessionEvent>();
        while (TakeFrame(connection, events))
        {
            var pending = StartWrite(connection, events, frames);
            if (!pending.IsCompletedSuccessfully)
            {
                Continue(connection, pending, frames);
                return;
            }
        }
    }

    private void Continue(ISessionConnection connection, ValueTask pending, FrameCache? frames)
    {
        if (!pending.IsCompletedSuccessfully)
            _ = ContinueAsync(connection, pending);
        else if (!TryGoIdle(connection))
            WriteWaiting(connection, frames ?? new FrameCache());
    }

    private async Task ContinueAsync(ISessionConnection connection, ValueTask pending)
    {
        try
        {
            await pending;
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            // Mostly the connection is going away anyway.
            Detach(connection);
            connection.Close(DisconnectCode.Unavailable);
            return;
        }

        if (!TryGoIdle(connection))
            WriteWaiting(connection, new FrameCache());
    }

    private ValueTask StartWrite(ISessionConnection connection, SessionEvent sessionEvent)
    {
        object frame;
        try
        {
            frame = connection.Encode(sessionEvent);
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            return Unwritable(failure);
        }

        return StartWrite(connection, frame);
    }

    private ValueTask StartWrite(ISessionConnection connection, List<SessionEvent> events, FrameCache frames)
    {
        object frame;
        try
        {
            frame = frames.Get(connection, events);
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            return Unwritable(failure);
        }

        return StartWrite(connection, frame);
    }

    private static ValueTask StartWrite(ISessionConnection connection, object frame)
    {
        try
        {
            return connection.WriteAsync(frame);
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            return ValueTask.FromException(failure);
        }
    }

    /// <summary>
    /// An event that has no form would come again on every connection, and must not leave a session behind that is
    /// connected and hears nothing: it ends the session.
    /// </summary>
    private ValueTask Unwritable(Exception failure)
    {
        Close();
        return ValueTask.FromException(failure);
    }

    private bool TryGoIdle(ISessionConnection connection)
    {
        lock (_gate)
        {
            if (_connection != connection)
                return true; // It was lost while it was written, and another may be written now.
            if (HasMore)
                return false;
            _isWriting = false;
            CompleteMarks();
            return true;
        }
    }

    private bool TakeFrame(ISessionConnection connection, List<SessionEvent> events)
    {
        events.Clear();
        lock (_gate)
        {
            if (_connection != connection)
                return false;
            CompleteMarks();
            var bytes = 0;
            while (IsRoom(events, bytes) && _replay is not null && _replay.TryDequeue(out var missed))
            {
                events.Add(missed); // It has its number.
                bytes += missed.Bytes;
            }

            if (_replay is not { Count: > 0 })
                TakeWaiting(events, bytes);

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

    private void TakeWaiting(List<SessionEvent> events, int bytes)
    {
        _replay = null;
        if (_dropped > 0 && IsRoom(events, bytes))
        {
            var notice = TakeDroppedNotice();
            events.Add(notice);
            Number(notice);
        }

        while (_dropped == 0 && IsRoom(events, bytes) && _waiting.TryTake(out var next, out var size))
        {
            if (next is FlushMarker marker)
            {
                (_marksInFrame ??= []).Add(marker);
            }
            else
            {
                events.Add(next);
                Number(next);
            }

            bytes += size;
        }
    }

    private static bool IsRoom(List<SessionEvent> events, int bytes) =>
        events.Count < EventsPerFrameMax && bytes < BytesPerFrameMax;

    private void CompleteMarks()
    {
        if (_marksInFrame is null)
            return;
        foreach (var marker in _marksInFrame)
        {
            _marks.Remove(marker);
            marker.Complete();
        }

        _marksInFrame = null;
    }

    /// <summary>Those that are still in the line are taken out of it by and by.</summary>
    private void CompleteAllMarks()
    {
        foreach (var marker in _marks)
            marker.Complete();
        _marks.Clear();
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
