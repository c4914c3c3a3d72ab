using System.Collections.Immutable;
using ImOrleans.Domain.Conversations;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Grains.Abstractions.Inboxes;

namespace ImOrleans.Grains.Inboxes;

/// <summary>Reads what a device has not received, conversation by conversation, until a page is full.</summary>
/// <param name="log">The store.</param>
/// <param name="user">Whose inbox.</param>
/// <param name="offlineSince">Messages of an earlier time are for the history: no device gets them any more.</param>
internal sealed class InboxReader(IMessageLog log, UserId user, long offlineSince)
{
    /// <summary>A longer stretch is not read through to find where it begins; the store is asked.</summary>
    private const int ReadThroughMax = 200;

    private readonly ImmutableArray<ConversationMessage>.Builder _messages =
        ImmutableArray.CreateBuilder<ConversationMessage>();

    private readonly ImmutableArray<DevicePosition>.Builder _positions = ImmutableArray.CreateBuilder<DevicePosition>();
    private readonly ImmutableArray<SkippedMessages>.Builder _skipped = ImmutableArray.CreateBuilder<SkippedMessages>();
    private int _bytes;

    public async Task<PulledMessages> ReadAsync(DeviceRow device, int countMax)
    {
        var received = (await log.ReadPositionsAsync(user, device.Device))
            .ToDictionary(position => position.Key, position => position.DeliveredSeq);
        var all = new InboxEntries(log, user);
        while (await all.NextAsync() is { } entries)
            foreach (var entry in entries)
                if (!await ReadAsync(entry, received.TryGetValue(entry.Key, out var seq) ? seq : null, device, countMax))
                    return Page(null);
        return Page(all);
    }

    /// <summary>The last message of a conversation that the device has received, or will never get.</summary>
    private async Task<long> StartAsync(ConversationEntry entry, long? received, DeviceRow device)
    {
        var since = received is null ? Math.Max(device.SinceUnixMs, offlineSince - 1) : offlineSince - 1;
        if (entry.Head.LastAtUnixMs <= since)
            return entry.EndSeq;
        var start = Math.Max(entry.JoinedSeq, received ?? 0);
        return received is null || entry.EndSeq - start > ReadThroughMax
            ? Math.Max(start, await log.FindSeqAsync(entry.Key, since))
            : start;
    }

    /// <summary>Reads one conversation; false when the page is full before its end.</summary>
    private async Task<bool> ReadAsync(ConversationEntry entry, long? received, DeviceRow device, int countMax)
    {
        var begin = received ?? entry.JoinedSeq;
        if (begin >= entry.EndSeq)
            return true;
        var start = Math.Min(await StartAsync(entry, received, device), entry.EndSeq);

        // A device that knows nothing of a conversation need not hear of it before there is something to get.
        if (start == entry.EndSeq && received is null)
            return true;

        // So many fit into one acknowledgement.
        if (_positions.Count == ConversationLimits.PageMessagesMax)
            return false;
        Skip(entry.Key, begin, start);
        foreach (var (after, through) in entry.Stays.Beyond(start, entry.EndSeq))
        {
            // The user was not there in between. What a page leaves out lies in front of what it has.
            if (after > start && _messages is [.., { } last] && last.Conversation == entry.Key)
                return false;
            Skip(entry.Key, start, after);
            if (!await ReadAsync(entry.Key, after, through, begin, countMax))
                return false;
            start = through;
        }

        return true;
    }

    /// <summary>Reads one stretch of a conversation; false when the page is full before its end.</summary>
    private async Task<bool> ReadAsync(ConversationKey key, long start, long through, long begin, int countMax)
    {
        while (start < through)
        {
            var count = countMax - _messages.Count;
            if (count == 0)
                return false;
            var page = await log.ReadAsync(key, new(start, through + 1, count, false));
            foreach (var message in page.Messages)
            {
                // What is missing was removed for its age.
                Skip(key, start, message.Seq - 1);
                if (!TryAdd(key, message, begin))
                    return false;
                start = message.Seq;
                Note(new(key, start));
            }

            if (page.HasMore)
                continue;
            Skip(key, start, through);
            start = through;
        }

        return true;
    }

    /// <summary>False when there is no room for a message that the device is to get.</summary>
    private bool TryAdd(ConversationKey key, StoredMessage message, long begin)
    {
        if (!message.Message.IsFor(user))
            return true;
        if (message.SentAtUnixMs < offlineSince)
        {
            Skip(key, begin, message.Seq);
            return true;
        }

        var bytes = message.Message.Bytes;

        // One always fits, or nobody would ever get past it.
        if (_messages.Count > 0 && _bytes + bytes > ConversationLimits.PageBytesMax)
            return false;
        _messages.Add(new(key, message));
        _bytes += bytes;
        return true;
    }

    /// <summary>
    /// Passes over what the device does not get. It is what is too old, or was sent while the user was away: so it
    /// lies in front of all of the conversation that the page has, and is one stretch.
    /// </summary>
    private void Skip(ConversationKey key, long after, long through)
    {
        if (through <= after)
            return;
        if (_skipped.Count > 0 && _skipped[^1].Key == key)
            _skipped[^1] = _skipped[^1] with { BeforeSeq = through + 1 };
        else
            _skipped.Add(new(key, after, through + 1));
        Note(new(key, through));
    }

    private void Note(DevicePosition position)
    {
        if (_positions.Count > 0 && _positions[^1].Key == position.Key)
            _positions[^1] = position;
        else
            _positions.Add(position);
    }

    private PulledMessages Page(InboxEntries? all) =>
        new(_messages.ToImmutable(), _positions.ToImmutable(), all is not null)
        {
            Mark = all?.Mark,
            Skipped = _skipped.ToImmutable(),
        };
}
