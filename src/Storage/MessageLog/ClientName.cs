using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using ImOrleans.Domain.Conversations;
using ImOrleans.Domain.Identifiers;

namespace ImOrleans.Storage.MessageLog;

/// <summary>The name that a sender has given a message, within its conversation.</summary>
internal sealed record ClientName(ConversationKey Key, UserId Sender, string Name)
{
    /// <summary>What the index of names holds; the rows that it leads to are compared in full.</summary>
    public long Hash { get; } = HashOf(Sender, Name);

    /// <summary>That of a message; null when it has none.</summary>
    public static ClientName? Of(ConversationKey key, ChatMessage message) =>
        message.ClientMessageId is { } name ? new(key, message.Sender, name) : null;

    /// <summary>Of a kind that nobody who chooses names can make many meet.</summary>
    private static long HashOf(UserId sender, string name)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(GrainKey.Join('n', sender.Value, name)), hash);
        return BinaryPrimitives.ReadInt64BigEndian(hash);
    }
}
