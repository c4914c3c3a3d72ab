namespace ImOrleans.Client;

/// <summary>The conversations of a <see cref="ConversationStore"/>, and what of them is not put away yet.</summary>
/// <remarks>
/// <b>Bounds:</b> see <see cref="ConversationStoreOptions"/>; own messages that are not put away: <see
/// cref="UnsavedMax"/>.
/// <b>Threads:</b> all members may be used from several threads at once.
/// </remarks>
internal sealed class ConversationBook(ConversationStoreOptions options, Action<ConversationChange> onChanged)
{
    /// <summary>So many messages that this device has sent may wait to be put away.</summary>
    public const int UnsavedMax = 1000;

    private readonly Lock _lock = new();
    private readonly Dictionary<(ConversationType Type, string TargetId), ConversationLine> _lines = [];
    private readonly Dictionary<string, ConversationMessage> _unsaved = [];
    private bool _isBegun;

    /// <summary>All, those with the newest messages first.</summary>
    public IReadOnlyList<Conversation> All
    {
        get
        {
            lock (_lock)
                return
                [
                    .. _lines.OrderByDescending(line => ActiveAt(line.Value)).ThenBy(line => line.Key.TargetId, StringComparer.Ordinal)
                        .Select(line => Read(line.Key, line.Value)),
                ];
        }
    }

    /// <summary>Whether messages that were sent are to be put away.</summary>
    public bool HasUnsaved
    {
        get
        {
            lock (_lock)
                return _unsaved.Count > 0;
        }
    }

    public Conversation? Find(ConversationType type, string targetId)
    {
        lock (_lock)
            return _lines.TryGetValue((type, targetId), out var line) ? Read((type, targetId), line) : null;
    }

    /// <exception cref="InvalidOperationException">Something was delivered already.</exception>
    public void Restore(IEnumerable<ConversationMessage> messages, IEnumerable<ConversationGap> gaps)
    {
        var messagesOf = messages.ToLookup(message => (message.Type, message.TargetId));
        var gapsOf = gaps.ToLookup(gap => (gap.Type, gap.TargetId), gap => gap.Gap);
        lock (_lock)
        {
            if (_isBegun)
                throw new InvalidOperationException("Restore what the app has kept before the client connects.");
            foreach (var key in messagesOf.Select(group => group.Key).Union(gapsOf.Select(group => group.Key)))
                Line(key).Restore(messagesOf[key], gapsOf[key]);
            while (_lines.Count > options.ConversationsMax)
                Forget();
        }
    }

    /// <summary>Whether a pushed batch goes on from what is here.</summary>
    public bool FollowsOn(Delivery pushed)
    {
        lock (_lock)
        {
            var line = _lines.GetValueOrDefault(pushed.Key);
            for (var i = 0; i < pushed.Messages.Count; i++)
            {
                var seq = pushed.Messages[i].Seq;
                if ((i == 0 || pushed.Messages[i - 1].Seq != seq - 1) && !(line?.FollowsOn(seq) ?? seq == 1))
                    return false;
            }

            return true;
        }
    }

    /// <summary>What is to be put away before deliveries are taken in; also what was sent until now.</summary>
    public UnsavedMessages Plan(IReadOnlyList<Delivery> deliveries)
    {
        lock (_lock)
        {
            List<ConversationMessage> messages = [];
            List<ConversationGap> gaps = [];
            foreach (var delivery in deliveries)
            {
                var line = _lines.GetValueOrDefault(delivery.Key) ?? new(options.MessagesPerConversationMax);
                messages.AddRange(delivery.Messages.Where(line.IsNew));
                if (line.MissingBefore(delivery.Skipped, delivery.Messages is [var first, ..] ? first.Seq : null) is { } gap)
                    gaps.Add(new(delivery.Type, delivery.TargetId, gap));
            }

            return new([.. _unsaved.Values, .. messages], gaps);
        }
    }

    /// <summary>Takes deliveries in, once their plan was put away.</summary>
    public void Apply(IReadOnlyList<Delivery> deliveries, UnsavedMessages saved)
    {
        lock (_lock)
        {
            _isBegun = true;
            foreach (var message in saved.Messages)
                _unsaved.Remove(message.UId);
            foreach (var delivery in deliveries)
                Change(delivery.Key, line => line.Deliver(delivery.Skipped, delivery.Messages));
        }
    }

    /// <summary>Takes in a message that this device has sent.</summary>
    public void Send(ConversationMessage message)
    {
        lock (_lock)
            Change((message.Type, message.TargetId), line =>
            {
                if (!line.Send(message))
                    return [];
                if (options.SaveAsync is not null)
                    _unsaved[message.UId] = message;
                return [message];
            });
    }

    /// <exception cref="InvalidOperationException">Too much was sent that could not be put away.</exception>
    public void EnsureRoom()
    {
        lock (_lock)
            if (_unsaved.Count >= UnsavedMax)
                throw new InvalidOperationException($"{UnsavedMax} messages that were sent could not be saved yet.");
    }

    public IReadOnlyList<ConversationMessage> Fill(
        ConversationType type, string targetId, MessageGap stretch, IReadOnlyList<ConversationMessage> messages)
    {
        lock (_lock)
            return _lines.ContainsKey((type, targetId))
                ? Change((type, targetId), line => line.Fill(stretch, messages))
                : [];
    }

    private static DateTimeOffset ActiveAt(ConversationLine line) => line.Last?.SentAt ?? DateTimeOffset.MinValue;

    private static Conversation Read((ConversationType Type, string TargetId) key, ConversationLine line) =>
        new(key.Type, key.TargetId, line.Messages, line.Gaps);

    private IReadOnlyList<ConversationMessage> Change(
        (ConversationType Type, string TargetId) key, Func<ConversationLine, IReadOnlyList<ConversationMessage>> change)
    {
        var line = Line(key);
        var gaps = line.Gaps;
        var added = change(line);
        if (added.Count > 0 || !gaps.SequenceEqual(line.Gaps))
            onChanged(new(key.Type, key.TargetId, added, line.Gaps));
        if (_lines.Count > options.ConversationsMax)
            onChanged(Forget());
        return added;
    }

    private ConversationLine Line((ConversationType Type, string TargetId) key)
    {
        if (_lines.TryGetValue(key, out var line))
            return line;
        line = new(options.MessagesPerConversationMax);
        _lines.Add(key, line);
        return line;
    }

    /// <summary>Lets the conversation go whose last message is the oldest.</summary>
    private ConversationChange Forget()
    {
        var (type, targetId) = _lines.MinBy(line => ActiveAt(line.Value)).Key;
        _lines.Remove((type, targetId));
        return new(type, targetId, [], []) { IsForgotten = true };
    }
}
