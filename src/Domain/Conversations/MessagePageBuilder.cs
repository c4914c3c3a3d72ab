using System.Collections.Immutable;

namespace ImOrleans.Domain.Conversations;

/// <summary>Gathers a page from messages in the order that was asked for, until it is full.</summary>
public sealed class MessagePageBuilder(int countMax)
{
    private readonly ImmutableArray<StoredMessage>.Builder _messages = ImmutableArray.CreateBuilder<StoredMessage>();
    private int _bytes;
    private bool _hasMore;

    /// <summary>Adds the next message; false when it has no room, and belongs to the page after this one.</summary>
    public bool TryAdd(StoredMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        var bytes = message.Message.Bytes;
        // One message always fits, or nobody would ever get past it.
        if (_messages.Count == countMax || (_messages.Count > 0 && _bytes + bytes > ConversationLimits.PageBytesMax))
        {
            _hasMore = true;
            return false;
        }

        _bytes += bytes;
        _messages.Add(message);
        return true;
    }

    /// <summary>What was gathered.</summary>
    public MessagePage Build() => new(_messages.ToImmutable(), _hasMore);
}
