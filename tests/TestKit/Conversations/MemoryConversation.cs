using System.Collections.Immutable;
using ImOrleans.Domain.Conversations;
using ImOrleans.Domain.Identifiers;

namespace ImOrleans.TestKit.Conversations;

/// <summary>One conversation of a <see cref="MemoryMessageLog"/>. Used under its lock.</summary>
internal sealed class MemoryConversation(ConversationKey key)
{
    /// <summary>Those that are kept, in their order.</summary>
    private readonly List<StoredMessage> _messages = [];

    private readonly Dictionary<UserId, ConversationEntry> _entries = [];

    public ConversationHead Head { get; private set; } = ConversationHead.None;

    public GroupProfile? Profile { get; set; }

    public IReadOnlyList<StoredMessage> Messages => _messages;

    public ConversationHead Open() => Head = Head with { Epoch = Head.Epoch + 1 };

    /// <summary>Whether an append may be stored; whoever has been fenced is told so before anything else.</summary>
    public bool Takes(ConversationAppend append)
    {
        if (append.Epoch != Head.Epoch || append.FirstSeq != Head.Seq + 1)
            return false;
        foreach (var message in append.Messages)
            if (message.ClientMessageId is { } name && Find(message.Sender, name) is not null)
                throw LogArguments.Repeated(message);
        return true;
    }

    public void Append(ConversationAppend append, long sentAtUnixMs)
    {
        foreach (var user in OrNone(append.Entering))
            Enter(user, append.FirstSeq - 1);
        foreach (var message in append.Messages)
        {
            Head = Head.With(message, sentAtUnixMs);
            _messages.Add(new(Head.Seq, sentAtUnixMs, Copy(message)));
        }
    }

    public StoredMessage? Find(UserId sender, string name) =>
        _messages.Find(one => one.Message.Sender == sender && one.Message.ClientMessageId == name);

    public MessagePage Read(MessageRange range)
    {
        var page = new MessagePageBuilder(range.Count);
        var stretch = _messages.Where(one => one.Seq > range.AfterSeq && one.Seq < range.BeforeSeq);
        foreach (var message in range.IsNewestFirst ? stretch.Reverse() : stretch)
            if (!page.TryAdd(message))
                break;
        return page.Build();
    }

    public void ChangeMembers(MembersChange change)
    {
        foreach (var user in OrNone(change.Joining))
            Enter(user, Head.Seq);
        foreach (var user in OrNone(change.Leaving))
            if (_entries.TryGetValue(user, out var entry) && entry.LeftSeq is null)
                _entries[user] = entry with { LeftSeq = Head.Seq };
    }

    public IEnumerable<Member> Members => _entries
        .Where(one => one.Value.LeftSeq is null)
        .OrderBy(one => one.Key.Value, StringComparer.Ordinal)
        .Select(one => new Member(one.Key, one.Value.JoinedSeq));

    public ConversationEntry? EntryOf(UserId user) =>
        _entries.TryGetValue(user, out var entry) ? entry with { Head = Head } : null;

    public void WriteRead(UserId user, long readSeq)
    {
        if (_entries.TryGetValue(user, out var entry) && readSeq > entry.ReadSeq && readSeq <= Head.Seq)
            _entries[user] = entry with { ReadSeq = readSeq };
    }

    /// <summary>Removes the oldest one.</summary>
    public void RemoveFirst() => _messages.RemoveAt(0);

    private void Enter(UserId user, long joinedSeq)
    {
        if (!_entries.TryGetValue(user, out var entry))
            _entries[user] = new(key, joinedSeq, null, joinedSeq, Head);
        else if (entry.LeftSeq is { } left)
            _entries[user] = new(
                key, entry.Stays.Return(joinedSeq), left < joinedSeq ? joinedSeq : entry.ReadSeq, Head);
    }

    private static ImmutableArray<UserId> OrNone(ImmutableArray<UserId> users) => users.IsDefault ? [] : users;

    /// <summary>What is stored is not what the caller may go on using.</summary>
    private static ChatMessage Copy(ChatMessage message) => message with
    {
        Content = message.Content.ToArray(),
        Extras = message.Extras.ToArray(),
        Receivers = OrNone(message.Receivers),
    };
}
