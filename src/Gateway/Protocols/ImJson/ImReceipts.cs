using ImOrleans.Domain.Conversations;

namespace ImOrleans.Gateway.Protocols.ImJson;

/// <summary>
/// Messages that were pushed and written to a connection, until it is known well enough that the client has them: it has no
/// word for that, so it has to be heard <see cref="ProofDelay"/> later. Used under a lock.
/// </summary>
/// <remarks>
/// What is written to a connection that is dead, and is not known to be, would be acknowledged and lost otherwise. More than
/// <see cref="UnheardMax"/> messages or <see cref="UnheardBytesMax"/> are taken for received at once, well before the session
/// has to pull what nobody has acknowledged.
/// </remarks>
internal sealed class ImReceipts(TimeProvider clock)
{
    /// <summary>The most messages that wait for their client to be heard.</summary>
    public const int UnheardMax = 100;

    /// <summary>The most bytes of their frames.</summary>
    public const int UnheardBytesMax = 100 * 1024;

    private Dictionary<ConversationKey, string> _older = [];
    private Dictionary<ConversationKey, string> _newer = [];
    private Dictionary<ConversationKey, string> _due = [];
    private long _olderAt;
    private int _count;
    private int _bytes;

    /// <summary>A client that is heard so much later has what was written: no frame of its own is under way for so long.</summary>
    public static TimeSpan ProofDelay { get; } = TimeSpan.FromSeconds(5);

    /// <summary>True when something is to be acknowledged.</summary>
    public bool IsDue => _due.Count > 0;

    /// <summary>Something was written.</summary>
    public void Write(ImEvents events)
    {
        if (events.Received.Count == 0)
            return;
        var now = clock.GetTimestamp();
        if (_older.Count == 0)
            _olderAt = now;
        // The older ones are those of one moment: what is written later waits for the next.
        var bucket = now == _olderAt ? _older : _newer;
        foreach (var (conversation, token) in events.Received)
            bucket[conversation] = token;
        _count += events.Frames.Count;
        _bytes += events.Frames.Sum(frame => frame.Text.Length);
        if (_count > UnheardMax || _bytes > UnheardBytesMax)
            TakeAllForReceived();
    }

    /// <summary>The client was heard.</summary>
    public void Hear()
    {
        if (_older.Count == 0 || clock.GetElapsedTime(_olderAt) < ProofDelay)
            return;
        Move(_older);
        (_older, _newer, _olderAt) = (_newer, _older, clock.GetTimestamp());
        if (_older.Count == 0)
            (_count, _bytes) = (0, 0);
    }

    /// <summary>Nothing is waited for any more.</summary>
    public void TakeAllForReceived()
    {
        Move(_older);
        Move(_newer);
        (_count, _bytes) = (0, 0);
    }

    /// <summary>What is to be acknowledged, each conversation as far as is known.</summary>
    public Dictionary<ConversationKey, string> Take()
    {
        var due = _due;
        if (due.Count > 0)
            _due = [];
        return due;
    }

    private void Move(Dictionary<ConversationKey, string> received)
    {
        foreach (var (conversation, token) in received)
            _due[conversation] = token;
        received.Clear();
    }
}
