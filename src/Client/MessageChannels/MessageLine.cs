namespace ImOrleans.Client;

/// <summary>
/// Puts what the server tells of a channel's messages, as events and in answers, into one line without repetition, and
/// finds its gaps. Guarded by the lock of its <see cref="MessageChannel"/>.
/// </summary>
/// <remarks>
/// While an answer is awaited messages are held back, since it brings those that belong in front of them. They are
/// bounded: the oldest go first, which the line finds as a gap like any other.
/// </remarks>
/// <param name="heldMax">How many messages are held back at most.</param>
/// <param name="post">Takes the messages of the line, in order.</param>
/// <param name="onMissed">Told when messages are missing for good, before the one that follows them.</param>
internal sealed class MessageLine(int heldMax, Action<ChannelMessage> post, Action onMissed)
{
    private readonly Queue<ChannelMessage> _held = new();
    private bool _isHolding;
    private bool _hasGap;

    /// <summary>The place of the last message in the line; null before there is one.</summary>
    public MessagePosition? Position { get; private set; }

    /// <summary>A subscription is asked for: messages are held back from now on.</summary>
    public void Hold()
    {
        _isHolding = true;
        _held.Clear();
    }

    /// <summary>No answer will come. What was held is forgotten: the next message finds the gap.</summary>
    public void Forget()
    {
        _isHolding = false;
        _held.Clear();
    }

    /// <summary>There is nothing to be had: the gap stays, and the line goes on.</summary>
    public void GoOn()
    {
        _isHolding = false;
        NoteGap();
        PutHeld();
    }

    /// <summary>The answer to a subscription.</summary>
    /// <param name="position">Where the channel is.</param>
    /// <param name="recovered">Whether nothing is missing; null when nothing was asked for.</param>
    /// <param name="missed">All that was missed; what the line has already is passed over.</param>
    public void Answer(MessagePosition position, bool? recovered, IEnumerable<ChannelMessage> missed)
    {
        // An answer that comes late, when another one has closed the gap, says nothing about the line.
        if (recovered == false && _isHolding)
            NoteGap();
        _isHolding = false;
        foreach (var message in missed)
            Put(message);
        if (!IsKnown(position))
            Position = position;
        PutHeld();
    }

    /// <summary>A message came.</summary>
    /// <returns>
    /// The place since which the server has to be asked, when messages in front of this one are missing that it may
    /// still have; the message is held back then.
    /// </returns>
    public MessagePosition? Take(ChannelMessage message)
    {
        if (_isHolding)
        {
            if (_held.Count == heldMax)
                _held.Dequeue();
            _held.Enqueue(message);
            return null;
        }

        if (IsKnown(message.Position))
            return null;
        if (Position is { } last && last.Epoch != message.Position.Epoch)
        {
            // How the last epoch ended nobody knows.
            NoteGap();
            Position = new(0, message.Position.Epoch);
        }

        if (Position is not { } before || message.Position.Offset == before.Offset + 1)
        {
            Put(message);
            return null;
        }

        Hold();
        _held.Enqueue(message);
        return before;
    }

    private bool IsKnown(MessagePosition position) =>
        Position is { } last && last.Epoch == position.Epoch && position.Offset <= last.Offset;

    private void PutHeld()
    {
        while (_held.TryDequeue(out var message))
        {
            // Once an answer was given there is nothing more to be had: whatever still is a gap stays one.
            if (Position is { } last && !IsKnown(message.Position) && !Follows(last, message.Position))
                NoteGap();
            Put(message);
        }
    }

    private void Put(ChannelMessage message)
    {
        if (IsKnown(message.Position))
            return;
        post(_hasGap ? message with { GapBefore = true } : message);
        _hasGap = false;
        Position = message.Position;
    }

    private void NoteGap()
    {
        if (_hasGap)
            return;
        _hasGap = true;
        onMissed();
    }

    private static bool Follows(MessagePosition before, MessagePosition next) =>
        before.Epoch == next.Epoch && next.Offset == before.Offset + 1;
}
