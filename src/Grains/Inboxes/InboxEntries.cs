using System.Collections.Immutable;
using ImOrleans.Domain.Conversations;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Grains.Abstractions.Inboxes;

namespace ImOrleans.Grains.Inboxes;

/// <summary>Reads the conversations of a user page by page, and keeps what makes up an <see cref="InboxMark"/>.</summary>
/// <remarks>
/// <para>
/// <b>Why <see cref="AsOfUnixMs"/> may be believed.</b> Times never fall in the order of commits, across all conversations: what
/// is committed after a message that was seen has its time or a later one. So whatever has an earlier time than a message of
/// the first page was committed before that page was read, and every page was read after it. A message of a later page
/// proves nothing of the kind for the first: something may have been committed in between that has an earlier time than
/// that message. So only the first page counts.
/// </para>
/// <para>
/// A conversation that is not among <see cref="Newest"/> had nothing of that time or later when it was read: its messages from
/// before that time are exactly those that were read. One that was not seen at all, since it began behind the place that was
/// read, has later ones only. So for each conversation it can be told of each message whether it was read.
/// </para>
/// </remarks>
internal sealed class InboxEntries(IMessageLog log, UserId user)
{
    private readonly List<DevicePosition> _newest = [];
    private readonly List<DevicePosition> _newestLeft = [];
    private ConversationKey? _after;
    private bool _isStarted;
    private bool _isEnded;
    private long _total;
    private long _groupsDigest;

    /// <summary>See <see cref="InboxMark.AsOfUnixMs"/>.</summary>
    public long AsOfUnixMs { get; private set; }

    /// <summary>See <see cref="InboxMark.Newest"/>; here all, however many.</summary>
    public IReadOnlyList<DevicePosition> Newest => _newest;

    /// <summary>The same of conversations that the user has left: nothing of them is passed on, but they can be read.</summary>
    public IReadOnlyList<DevicePosition> NewestLeft => _newestLeft;

    /// <summary>The mark, once all was read; null when it would be too long.</summary>
    public InboxMark? Mark => _newest.Count > InboxMark.NewestMax
        ? null
        : new(AsOfUnixMs, [.. _newest], _total, _groupsDigest);

    /// <summary>The next page; null behind the last.</summary>
    public async Task<ImmutableArray<ConversationEntry>?> NextAsync()
    {
        if (_isEnded)
            return null;
        var entries = await log.ReadEntriesAsync(user, _after, ConversationLimits.PageMessagesMax);
        _isEnded = entries.Length < ConversationLimits.PageMessagesMax;
        if (!_isStarted)
            AsOfUnixMs = entries.Select(entry => entry.Head.LastAtUnixMs).DefaultIfEmpty().Max();
        _isStarted = true;
        foreach (var entry in entries)
            Note(entry);
        if (entries.Length > 0)
            _after = entries[^1].Key;
        return entries;
    }

    /// <summary>The groups and discussions that a user is in.</summary>
    public static async Task<UserGroups> ReadGroupsAsync(IMessageLog log, UserId user)
    {
        var entries = new InboxEntries(log, user);
        var groups = ImmutableArray.CreateBuilder<ConversationKey>();
        while (await entries.NextAsync() is { } page)
        {
            foreach (var entry in page)
                if (IsGroup(entry) && groups.Count < UserGroups.KeysMax)
                    groups.Add(entry.Key);

            // They come in the order of their keys, those of groups before those of users.
            if (page is [.., { Key.Type: not (ConversationType.Group or ConversationType.Discussion) }])
                break;
        }

        return new(groups.ToImmutable(), entries._groupsDigest);
    }

    private static bool IsGroup(ConversationEntry entry) =>
        entry is { LeftSeq: null, Key.Type: ConversationType.Group or ConversationType.Discussion };

    private void Note(ConversationEntry entry)
    {
        _total += entry.EndSeq;
        if (IsGroup(entry))
            _groupsDigest += InboxMark.DigestOf(entry.Key);
        if (entry.EndSeq > 0 && entry.Head.LastAtUnixMs >= AsOfUnixMs)
            (entry.LeftSeq is null ? _newest : _newestLeft).Add(new(entry.Key, entry.EndSeq));
    }
}
