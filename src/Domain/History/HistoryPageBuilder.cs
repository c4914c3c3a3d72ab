using System.Collections.Immutable;
using ImOrleans.Domain.Limits;

namespace ImOrleans.Domain.History;

/// <summary>Gathers a page from messages in order, until it is full.</summary>
public sealed class HistoryPageBuilder(int countMax)
{
    private readonly ImmutableArray<HistoryMessage>.Builder _messages = ImmutableArray.CreateBuilder<HistoryMessage>();
    private int _bytes;
    private bool _hasMore;

    /// <summary>Adds the next message; false when it has no room, and belongs to the page after this one.</summary>
    public bool TryAdd(HistoryMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        var bytes = message.Payload.Bytes.Length;
        // One message always fits, or nobody would ever get past it.
        if (_messages.Count == countMax || (_messages.Count > 0 && _bytes + bytes > HistoryLimits.PageBytesMax))
        {
            _hasMore = true;
            return false;
        }

        _bytes += bytes;
        _messages.Add(message);
        return true;
    }

    /// <summary>What was gathered.</summary>
    public HistoryPage Build() => new(_messages.ToImmutable(), _hasMore ? _messages[^1].SentAtUnixMs : 0);
}
