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
    private int _bytes;

    public async Task<PulledMessages> ReadAsync(DeviceRow device, int countMax)
    {
        var received = (await log.ReadPositionsAsync(user, device.Device))
            .ToDictionary(position => position.Key, position => position.DeliveredSeq);
        var all = new InboxEntries(log, user);
        while (await all.NextAsync() is { } entries)
            foreach (var entry in entries)
            {
                var start = await StartAsync(entry, received.TryGetValue(entry.Key, out var seq) ? seq : null, device);
                if (start < entry.EndSeq && !await ReadAsync(entry, start, countMax))
                    return Page(null);
            }

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
    private async Task<bool> ReadAsync(ConversationEntry entry, long start, int countMax)
    {
        // So many fit into one acknowledgement.
        if (_positions.Count == ConversationLimits.PageMessagesMax)
            return false;
        while (start < entry.EndSeq)
        {
            var count = countMax - _messages.Count;
            if (count == 0)
                return false;
            var page = await log.ReadAsync(entry.Key, new(start, entry.EndSeq + 1, count, false));
            foreach (var message in page.Messages)
            {
                if (!TryAdd(entry.Key, message))
                    return false;
                Note(new(entry.Key, message.Seq));
            }

            // What is missing at the end was removed for its age; nobody gets it any more.
            start = page.HasMore ? page.Messages[^1].Seq : entry.EndSeq;
            Note(new(entry.Key, start));
        }

        return true;
    }

    /// <summary>False when there is no room for a message that the device is to get.</summary>
    private bool TryAdd(ConversationKey key, StoredMessage message)
    {
        if (message.SentAtUnixMs < offlineSince || !message.Message.IsFor(user))
            return true;
        var bytes = message.Message.Bytes;

        // One always fits, or nobody would ever get past it.
        if (_messages.Count > 0 && _bytes + bytes > ConversationLimits.PageBytesMax)
            return false;
        _messages.Add(new(key, message));
        _bytes += bytes;
        return true;
    }

    private void Note(DevicePosition position)
    {
        if (_positions.Count > 0 && _positions[^1].Key == position.Key)
            _positions[^1] = position;
        else
            _positions.Add(position);
    }

    private PulledMessages Page(InboxEntries? all) =>
        new(_messages.ToImmutable(), _positions.ToImmutable(), all is not null) { Mark = all?.Mark };
}
