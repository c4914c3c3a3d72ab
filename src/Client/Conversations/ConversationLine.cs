namespace ImOrleans.Client;

/// <summary>
/// The messages of one conversation as they have come, by pulls, pushes and answers: each once, in the order of their
/// numbers, and where some may be missing. Not safe for several threads.
/// </summary>
/// <remarks>
/// <para>
/// The server delivers in order, and says so where it leaves something out. So between two deliveries nothing is
/// missing: a number that did not come is of a message for others. What may be missing is what it has left out, what
/// came before the first delivery that is known of, since an app that was installed anew may have acknowledged it
/// before, and what was dropped here for want of room.
/// </para>
/// <para><b>Bound:</b> so many messages, and one gap more than messages.</para>
/// </remarks>
/// <param name="messagesMax">How many messages are kept, 1 at least: the newest.</param>
internal sealed class ConversationLine(int messagesMax)
{
    private readonly SortedList<long, ConversationMessage> _messages = [];
    private readonly List<MessageGap> _gaps = [];
    private IReadOnlyList<ConversationMessage>? _read;

    /// <summary>Up to here the server has delivered; null: it is not known to have delivered anything.</summary>
    private long? _deliveredSeq;

    /// <summary>In the order of their numbers; a list that does not change any more.</summary>
    public IReadOnlyList<ConversationMessage> Messages => _read ??= [.. _messages.Values];

    /// <summary>In order. No message that is here lies in any of them; a list that does not change any more.</summary>
    public IReadOnlyList<MessageGap> Gaps => [.. _gaps];

    /// <summary>The newest message; null when there is none.</summary>
    public ConversationMessage? Last => _messages.Count == 0 ? null : _messages.Values[^1];

    /// <summary>
    /// What the app has kept from before, and the gaps that it knows of. In front of the oldest message there is one:
    /// nobody knows how much the app has kept.
    /// </summary>
    public void Restore(IEnumerable<ConversationMessage> messages, IEnumerable<MessageGap> gaps)
    {
        var kept = messages.OrderBy(message => message.Seq).ToArray();

        // An own message may have been kept before what lies in front of it was delivered.
        if (kept.LastOrDefault(message => !message.IsOwn) is { } delivered)
            _deliveredSeq = Math.Max(_deliveredSeq ?? 0, delivered.Seq);
        foreach (var message in kept)
            Add(message);
        if (kept.Length > 0)
            AddGap(new(0, kept[0].Seq));
        foreach (var gap in gaps)
        {
            // The server had left it out, or what lies behind it was there.
            if (IsGap(gap))
                _deliveredSeq = Math.Max(_deliveredSeq ?? 0, gap.BeforeSeq - 1);
            AddGap(gap);
        }
    }

    /// <summary>
    /// Whether a message goes on from what is here, so that none of this user can lie in between; else one that this
    /// device has sent itself may, whose answer has not come, or it is for others.
    /// </summary>
    public bool FollowsOn(long seq) => seq - 1 <= (_deliveredSeq ?? 0) || _messages.ContainsKey(seq - 1);

    /// <summary>Whether a message has not been delivered or sent here before, as far as that is known.</summary>
    public bool IsNew(ConversationMessage message) => _messages.TryGetValue(message.Seq, out var had)
        ? had.UId != message.UId
        : message.Seq > (_deliveredSeq ?? 0) || _messages.Count < messagesMax || message.Seq > _messages.Keys[0];

    /// <summary>What is missing in front of a delivery, once it is here; null: nothing.</summary>
    public MessageGap? MissingBefore(MessageGap? skipped, long? firstSeq)
    {
        var gap = skipped is { } told ? told with { AfterSeq = _deliveredSeq is { } seq ? Math.Max(seq, told.AfterSeq) : 0 }
            : _deliveredSeq is null && firstSeq is { } first ? new(0, first)
            : default;

        // Own messages that were sent before the first delivery may be all that there is.
        var here = FirstAfter(gap.BeforeSeq - 1) - FirstAfter(gap.AfterSeq);
        return IsGap(gap) && here < gap.BeforeSeq - gap.AfterSeq - 1 ? gap : null;
    }

    /// <summary>
    /// Messages are delivered, in order, after what the server has left out in front of them; yields those that are
    /// new.
    /// </summary>
    public IReadOnlyList<ConversationMessage> Deliver(MessageGap? skipped, IReadOnlyList<ConversationMessage> messages)
    {
        if (MissingBefore(skipped, messages.Count > 0 ? messages[0].Seq : null) is { } missing)
            AddGap(missing);
        if (skipped is { } told)
            _deliveredSeq = Math.Max(_deliveredSeq ?? 0, told.BeforeSeq - 1);
        List<ConversationMessage> added = [];
        foreach (var message in messages)
        {
            if (_deliveredSeq is { } seq)
                Close(new(seq, message.Seq));
            if (IsNew(message))
                added.Add(message);
            Add(message);
            _deliveredSeq = Math.Max(_deliveredSeq ?? 0, message.Seq);
        }

        return added;
    }

    /// <summary>A message of this device was accepted; false when it was delivered already.</summary>
    public bool Send(ConversationMessage message)
    {
        if (!IsNew(message))
            return false;
        if (_deliveredSeq is null)
            AddGap(new(0, message.Seq));
        Add(message);
        return true;
    }

    /// <summary>
    /// Everything of a stretch that there is: it has no gap any more, but where the oldest have to make room. Yields
    /// those that are new.
    /// </summary>
    public IReadOnlyList<ConversationMessage> Fill(MessageGap stretch, IEnumerable<ConversationMessage> messages)
    {
        Close(stretch);
        var added = messages
            .Where(message => message.Seq > stretch.AfterSeq && message.Seq < stretch.BeforeSeq)
            .OrderByDescending(message => message.Seq).Where(Add).Reverse().ToArray();
        return [.. added.Where(message => _messages.ContainsKey(message.Seq))];
    }

    /// <summary>
    /// False when it is here already. One of the same number and another name takes its place: the server has begun
    /// anew.
    /// </summary>
    private bool Add(ConversationMessage message)
    {
        if (_messages.TryGetValue(message.Seq, out var had) && had.UId == message.UId)
            return false;
        _messages[message.Seq] = message;
        _read = null;
        Close(new(message.Seq - 1, message.Seq + 1));
        if (_messages.Count > messagesMax)
        {
            _messages.RemoveAt(0);
            AddGap(new(0, _messages.Keys[0]));
        }

        return true;
    }

    private static bool IsGap(MessageGap gap) => gap.BeforeSeq - gap.AfterSeq > 1;

    /// <summary>Adds what is not here of a stretch, one with the gaps that it touches.</summary>
    private void AddGap(MessageGap gap)
    {
        if (!IsGap(gap))
            return;
        foreach (var other in _gaps.Where(other => other.AfterSeq < gap.BeforeSeq && gap.AfterSeq < other.BeforeSeq).ToArray())
        {
            _gaps.Remove(other);
            gap = new(Math.Min(gap.AfterSeq, other.AfterSeq), Math.Max(gap.BeforeSeq, other.BeforeSeq));
        }

        var after = gap.AfterSeq;
        for (var i = FirstAfter(after); i < _messages.Count && _messages.Keys[i] < gap.BeforeSeq; i++)
        {
            Put(new(after, _messages.Keys[i]));
            after = _messages.Keys[i];
        }

        Put(gap with { AfterSeq = after });
        _gaps.Sort(static (one, two) => one.AfterSeq.CompareTo(two.AfterSeq));

        // Then two follow each other without a message in between.
        if (_gaps.Count > messagesMax + 1)
            MergeTwo();
    }

    private void Put(MessageGap gap)
    {
        if (IsGap(gap))
            _gaps.Add(gap);
    }

    private void MergeTwo()
    {
        for (var i = 1; i < _gaps.Count; i++)
        {
            var between = FirstAfter(_gaps[i - 1].BeforeSeq - 1);
            if (between < _messages.Count && _messages.Keys[between] <= _gaps[i].AfterSeq)
                continue;
            _gaps[i] = _gaps[i] with { AfterSeq = _gaps[i - 1].AfterSeq };
            _gaps.RemoveAt(i - 1);
            return;
        }
    }

    /// <summary>Nothing is missing in a stretch.</summary>
    private void Close(MessageGap stretch)
    {
        if (!IsGap(stretch))
            return;
        for (var i = _gaps.Count - 1; i >= 0; i--)
        {
            var gap = _gaps[i];
            if (gap.AfterSeq >= stretch.BeforeSeq - 1 || stretch.AfterSeq >= gap.BeforeSeq - 1)
                continue;
            _gaps.RemoveAt(i);
            MessageGap rest = gap with { AfterSeq = Math.Max(gap.AfterSeq, stretch.BeforeSeq - 1) };
            if (IsGap(rest))
                _gaps.Insert(i, rest);
            rest = gap with { BeforeSeq = Math.Min(gap.BeforeSeq, stretch.AfterSeq + 1) };
            if (IsGap(rest))
                _gaps.Insert(i, rest);
        }
    }

    /// <summary>The place of the first message behind a number.</summary>
    private int FirstAfter(long seq)
    {
        var (low, high) = (0, _messages.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_messages.Keys[middle] > seq)
                high = middle;
            else
                low = middle + 1;
        }

        return low;
    }
}
