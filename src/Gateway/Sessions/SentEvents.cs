using System.Diagnostics.CodeAnalysis;

namespace ImOrleans.Gateway.Sessions;

/// <summary>
/// What was written to a client and not confirmed by it yet, to be written again when its connection is lost: a write
/// that succeeded says nothing about what has arrived. Not safe for concurrent use.
/// </summary>
/// <remarks>
/// Events are counted from 1, each for as many as it stands for; the client counts what it gets and tells that number.
/// <b>Bounds:</b> the oldest go where there is no room; who has not got those cannot go on.
/// </remarks>
/// <param name="countMax">The most events that are kept.</param>
/// <param name="bytesMax">The most bytes that are kept.</param>
/// <param name="before">How many the client got before.</param>
internal sealed class SentEvents(int countMax, long bytesMax, long before = 0)
{
    private readonly Queue<SessionEvent> _events = new();
    private long _bytes;

    /// <summary>The number of the last event that is not kept any more.</summary>
    private long _forgotten = before;

    /// <summary>The number of the last event that was written.</summary>
    public long Last { get; private set; } = before;

    /// <summary>How many events are kept.</summary>
    public int Count => _events.Count;

    /// <summary>An event is about to be written.</summary>
    public void Add(SessionEvent sessionEvent)
    {
        Last += sessionEvent.Count;
        _bytes += sessionEvent.Bytes;
        _events.Enqueue(sessionEvent);
        while (_events.Count > countMax || _bytes > bytesMax)
            Forget();
    }

    /// <summary>The client has got everything up to a number; what it cannot have got is not believed.</summary>
    public void Confirm(long received)
    {
        if (received > Last)
            return;
        while (_events.TryPeek(out var oldest) && _forgotten + oldest.Count <= received)
            Forget();
    }

    /// <summary>
    /// What was written behind the last event that the client has got; false when not all of that is there, or the number
    /// cannot be.
    /// </summary>
    public bool TryReplay(long received, [NotNullWhen(true)] out IReadOnlyCollection<SessionEvent>? missed)
    {
        Confirm(received);
        missed = received == _forgotten ? [.. _events] : null;
        return missed is not null;
    }

    private void Forget()
    {
        var oldest = _events.Dequeue();
        _forgotten += oldest.Count;
        _bytes -= oldest.Bytes;
    }
}
