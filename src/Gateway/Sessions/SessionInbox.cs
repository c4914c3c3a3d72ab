using ImOrleans.Domain.Conversations;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Grains.Abstractions.Conversations;
using ImOrleans.Grains.Abstractions.Inboxes;

namespace ImOrleans.Gateway.Sessions;

/// <summary>
/// Whether messages of conversations are pushed to a session or pulled by it: pushed while it is known to be caught up, else
/// its client is told once that there is something to pull. Safe for several threads.
/// </summary>
/// <remarks>
/// <para>
/// A session begins in pull mode, with each of its connections. A pull that has read everything to its end, and is acknowledged,
/// leads out of it: from then on it is known of every message whether it was read, see <see cref="InboxMark"/>. What came
/// between that pull's beginning and its acknowledgement is held, and handed out then.
/// </para>
/// <para>
/// In push mode what comes must go on where the conversation was left. A gap, something that was not passed on, or more than
/// <see cref="WaitingMax"/> messages that nobody has acknowledged lead back to pull mode. A pull in push mode reads what was
/// not acknowledged, and changes nothing.
/// </para>
/// <para>
/// <b>Bounds:</b> <see cref="WaitingMax"/> and <see cref="WaitingBytesMax"/> for what waits to be acknowledged, and the same
/// again for what is held; <see cref="ConversationsMax"/>.
/// </para>
/// </remarks>
internal sealed class SessionInbox(SessionId session, UserId user)
{
    /// <summary>The most messages that were pushed and are not acknowledged.</summary>
    public const int WaitingMax = 256;

    /// <summary>Their most bytes.</summary>
    public const int WaitingBytesMax = 256 * 1024;

    /// <summary>The most conversations whose place is kept.</summary>
    public const int ConversationsMax = 1000;

    private readonly Lock _gate = new();

    /// <summary>How far each conversation was handed to the session over this connection.</summary>
    private readonly Dictionary<ConversationKey, HandedConversation> _handed = [];

    private readonly HashSet<ConversationKey> _groups = [];
    private readonly HeldPushes _held = new(WaitingMax, WaitingBytesMax);
    private PulledMark? _pulled;
    private long _groupsDigest;
    private long _asOfUnixMs;
    private long _total;
    private long _period;
    private long _connection;
    private int _waiting;
    private int _waitingBytes;
    private bool _isPushing;
    private bool _isTold;
    private bool _needsGroups = true;
    private bool _isEnded;

    /// <summary>True in push mode.</summary>
    public bool IsPushing
    {
        get
        {
            lock (_gate)
                return _isPushing;
        }
    }

    /// <summary>True when the next pull has to ask anew which groups the user is in.</summary>
    public bool NeedsGroups
    {
        get
        {
            lock (_gate)
                return _needsGroups;
        }
    }

    /// <summary>What the session could have had so far, by its own count; null in pull mode.</summary>
    public InboxTotal? Total
    {
        get
        {
            lock (_gate)
                return _isPushing ? new(_period, _total) : null;
        }
    }

    /// <summary>A conversation has got further: what the session is to be told.</summary>
    public PushVerdict Take(ConversationPush push)
    {
        lock (_gate)
        {
            if (_isPushing)
                return Accept(push);
            _held.Add(push);
            return HasNews(push) ? Tell() : PushVerdict.None;
        }
    }

    /// <summary>
    /// Something may have been missed: a session that is, or was about to be, in push mode has to pull. True when its client is
    /// to be told.
    /// </summary>
    /// <param name="groups">Whether that may be which groups the user is in.</param>
    public bool Disturb(bool groups = false)
    {
        lock (_gate)
            return DisturbNow(groups);
    }

    /// <summary>The user is in a group: one that is not known here has to be asked for. True when the client is to be told.</summary>
    public bool Join(ConversationKey group)
    {
        lock (_gate)
            return !_groups.Contains(group) && DisturbNow(groups: true);
    }

    /// <summary>The session begins anew, over another connection or none: what it was handed may not have arrived.</summary>
    /// <param name="connection">The number of the connection, which what is pushed goes with.</param>
    public void Reset(long connection)
    {
        lock (_gate)
        {
            EndPush();
            _isTold = false;
            _handed.Clear();
            _connection = connection;
        }
    }

    /// <summary>Which groups the user is in is asked for now; what changes from here on is asked for again.</summary>
    public void BeginGroups()
    {
        lock (_gate)
            _needsGroups = false;
    }

    /// <summary>The answer failed, or was never got.</summary>
    public void ForgetGroups()
    {
        lock (_gate)
            _needsGroups = true;
    }

    /// <summary>The groups of the user: those that are new here, and those that it is not in any more.</summary>
    public (IReadOnlyList<ConversationKey> Added, IReadOnlyList<ConversationKey> Removed) SetGroups(UserGroups groups)
    {
        lock (_gate)
        {
            if (_isEnded)
                return ([], []);
            var now = groups.Keys.ToHashSet();
            ConversationKey[] removed = [.. _groups.Where(group => !now.Contains(group))];
            _groups.ExceptWith(removed);
            ConversationKey[] added = [.. now.Where(_groups.Add)];
            _groupsDigest = groups.Digest;
            return (added, removed);
        }
    }

    /// <summary>The user is not in a group any more.</summary>
    public void LeaveGroup(ConversationKey group)
    {
        lock (_gate)
            if (_groups.Remove(group))
                _groupsDigest -= InboxMark.DigestOf(group);
    }

    /// <summary>The session is over: the groups in which it was.</summary>
    public IReadOnlyList<ConversationKey> End()
    {
        lock (_gate)
        {
            _isEnded = true;
            EndPush();
            return [.. _groups];
        }
    }

    /// <summary>A pull is about to read: what comes from now on is told again, and held.</summary>
    public void BeginPull()
    {
        lock (_gate)
        {
            if (_isPushing)
                return;
            _isTold = false;
            _pulled = null;
            _held.Begin();
        }
    }

    /// <summary>
    /// A pull was answered. One that has nothing to be acknowledged leads to push mode at once, unless something came in between
    /// that is not held.
    /// </summary>
    /// <param name="mark">How far all was; null when the pull was not finished.</param>
    /// <param name="token">What acknowledges it; null when there is nothing to acknowledge.</param>
    /// <param name="post">Hands out what was held. Called in a lock, so that nothing overtakes it.</param>
    /// <returns>True when the client is to be told that it has to pull again.</returns>
    public bool EndPull(InboxMark? mark, string? token, Action<ConversationPush, PushVerdict> post)
    {
        lock (_gate)
        {
            if (mark is null || !_held.IsWhole)
                return false;
            if (_needsGroups || mark.GroupsDigest != _groupsDigest)
                return DisturbNow(groups: true);
            _pulled = new(mark, token);
            if (token is null)
                BeginPush(mark, post);
            return false;
        }
    }

    /// <summary>A pull was acknowledged with its token.</summary>
    /// <param name="token">The token.</param>
    /// <param name="post">Hands out what was held. Called in a lock, so that nothing overtakes it.</param>
    public void EndPull(string token, Action<ConversationPush, PushVerdict> post)
    {
        lock (_gate)
            if (_held.IsWhole && _pulled is { } pulled && pulled.Token == token)
                BeginPush(pulled.Mark, post);
    }

    /// <summary>True when the session was handed all of a conversation up to a place, over this connection.</summary>
    public bool IsHanded(DevicePosition position)
    {
        lock (_gate)
            return _handed.TryGetValue(position.Key, out var handed) && handed.Seq >= position.DeliveredSeq;
    }

    /// <summary>A conversation was acknowledged up to a place: there is room for more.</summary>
    public void Acknowledge(DevicePosition position)
    {
        lock (_gate)
        {
            if (!_isPushing || !_handed.TryGetValue(position.Key, out var handed))
                return;
            var (messages, bytes) = handed.Acknowledge(position.DeliveredSeq);
            _waiting -= messages;
            _waitingBytes -= bytes;
        }
    }

    /// <summary>
    /// False when the store says that there is more than the session was handed, or less. What is passed on while the store is
    /// asked may be in its answer or not.
    /// </summary>
    /// <param name="before">The session's count, from before the store was asked.</param>
    /// <param name="stored">The store's.</param>
    public bool Agrees(InboxTotal before, long stored)
    {
        lock (_gate)
            return AgreesNow(before, stored);
    }

    /// <summary>As <see cref="Agrees"/>; a session that does not has to pull. True when its client is to be told.</summary>
    public bool DisturbUnlessAgrees(InboxTotal before, long stored)
    {
        lock (_gate)
            return !AgreesNow(before, stored) && DisturbNow(groups: false);
    }

    private bool AgreesNow(InboxTotal before, long stored) =>
        !_isPushing || _period != before.Period || (before.Count <= stored && stored <= _total);

    private bool HasNews(ConversationPush push)
    {
        if (push.Messages.IsEmpty)
            return true;
        foreach (var message in push.Messages)
            if (IsNews(message))
                return true;
        return false;
    }

    private bool IsNews(PushedMessage message) => message.Writer != session && message.Message.Message.IsFor(user);

    private PushVerdict Accept(ConversationPush push)
    {
        _handed.TryGetValue(push.Conversation, out var handed);
        if (push.Messages.IsEmpty)
            return push.Seq <= handed?.Seq ? PushVerdict.None : Lapse();

        // What was read or handed before: of a conversation without a place here, all of an earlier time.
        var first = 0;
        while (first < push.Messages.Length && IsKnown(handed, push.Messages[first].Message))
            first++;
        if (first == push.Messages.Length)
            return PushVerdict.None;
        if (first == 0 && !GoesOn(handed, push))
            return Lapse();

        var (count, bytes, last) = Measure(push, first);
        if (_waiting + count > WaitingMax || _waitingBytes + bytes > WaitingBytesMax)
            return Lapse();
        if (handed is null)
        {
            if (_handed.Count == ConversationsMax)
                return Lapse();
            _handed.Add(push.Conversation, handed = new());
        }

        handed.Seq = push.Seq;
        if (count > 0)
            handed.Wait(last, count, bytes);
        _total += push.Messages.Length - first;
        _waiting += count;
        _waitingBytes += bytes;
        return count == 0 ? PushVerdict.None
            : count == push.Messages.Length ? PushVerdict.Whole(_connection)
            : PushVerdict.Part(_connection, [.. push.Messages.Skip(first).Where(IsNews).Select(one => one.Message)]);
    }

    private bool IsKnown(HandedConversation? handed, StoredMessage message) =>
        handed is null ? message.SentAtUnixMs < _asOfUnixMs : message.Seq <= handed.Seq;

    private bool GoesOn(HandedConversation? handed, ConversationPush push) => handed is null
        ? push.PreviousSeq == 0 || push.PreviousAtUnixMs < _asOfUnixMs
        : push.PreviousSeq == handed.Seq;

    private (int Count, int Bytes, long Last) Measure(ConversationPush push, int first)
    {
        var (count, bytes, last) = (0, 0, 0L);
        for (var i = first; i < push.Messages.Length; i++)
            if (IsNews(push.Messages[i]))
            {
                count++;
                bytes += push.Messages[i].Message.Message.Bytes;
                last = push.Messages[i].Message.Seq;
            }

        return (count, bytes, last);
    }

    private PushVerdict Tell()
    {
        if (_isTold)
            return PushVerdict.None;
        _isTold = true;
        return PushVerdict.Notice;
    }

    private PushVerdict Lapse()
    {
        EndPush();
        return Tell();
    }

    /// <remarks>A session that has not pulled since it began is not told: it is going to.</remarks>
    private bool DisturbNow(bool groups)
    {
        _needsGroups |= groups;
        if (!_isPushing && !_held.IsWhole)
            return false;
        EndPush();
        return Tell().Kind == PushVerdictKind.Notice;
    }

    /// <summary>What was handed is kept, for its acknowledgements.</summary>
    private void EndPush()
    {
        if (_isPushing)
            _isTold = false;
        _isPushing = false;
        _period++;
        _pulled = null;
        _held.End();
        (_waiting, _waitingBytes) = (0, 0);
    }

    private void BeginPush(InboxMark mark, Action<ConversationPush, PushVerdict> post)
    {
        _isPushing = true;
        _period++;
        _pulled = null;
        (_asOfUnixMs, _total) = (mark.AsOfUnixMs, mark.Total);
        (_waiting, _waitingBytes) = (0, 0);
        _handed.Clear();
        foreach (var newest in mark.Newest)
            _handed.Add(newest.Key, new() { Seq = newest.DeliveredSeq });
        foreach (var push in _held.End())
        {
            var verdict = _isPushing ? Accept(push) : PushVerdict.None;
            if (verdict.Kind != PushVerdictKind.None)
                post(push, verdict);
        }
    }

    private sealed record PulledMark(InboxMark Mark, string? Token);
}
