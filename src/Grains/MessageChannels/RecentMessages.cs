using System.Collections.Immutable;
using ImOrleans.Grains.Abstractions.MessageChannels;

namespace ImOrleans.Grains.MessageChannels;

/// <summary>The last messages of a channel, for who was away: bounded in number, bytes and age.</summary>
/// <remarks>
/// <b>Guarantee:</b> a replay is everything since an offset, or nothing. What is too old is not replayed, whether it was
/// cleared away already or not.
/// <b>Cost:</b> adding is O(1), amortised; a replay is O(messages that are kept).
/// </remarks>
internal sealed class RecentMessages(int countMax, int bytesMax, TimeSpan ageMax)
{
    private readonly Queue<ChannelMessage> _messages = [];

    /// <summary>The offset of the last message that was added; zero before the first.</summary>
    public long LastOffset { get; private set; }

    public int Count => _messages.Count;

    /// <summary>The sum of <see cref="Abstractions.Delivery.DeliveryItem.Bytes"/>.</summary>
    public int Bytes { get; private set; }

    /// <summary>Adds the next message; the oldest go where there is no room.</summary>
    public void Add(ChannelMessage message)
    {
        LastOffset = message.Offset;
        _messages.Enqueue(message);
        Bytes += message.Bytes;
        while (_messages.Count > countMax || Bytes > bytesMax)
            Drop();
        Trim(message.SentAtUnixMs);
    }

    /// <summary>Drops what is older than allowed.</summary>
    public void Trim(long nowUnixMs)
    {
        while (_messages.TryPeek(out var oldest) && nowUnixMs - oldest.SentAtUnixMs > ageMax.TotalMilliseconds)
            Drop();
    }

    /// <summary>All messages after an offset of this epoch; false when not all of them are there.</summary>
    public bool TryReplay(long since, long nowUnixMs, out ImmutableArray<ChannelMessage> missed)
    {
        Trim(nowUnixMs);
        missed = [];
        var count = LastOffset - since;
        if (since < 0 || count < 0 || count > _messages.Count)
            return false;
        missed = [.. _messages.Skip(_messages.Count - (int)count)];
        return true;
    }

    private void Drop() => Bytes -= _messages.Dequeue().Bytes;
}
