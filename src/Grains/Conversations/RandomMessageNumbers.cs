using System.Buffers.Binary;
using System.Security.Cryptography;

namespace ImOrleans.Grains.Conversations;

/// <summary>Numbers of the system's source of secrets.</summary>
public sealed class RandomMessageNumbers : IMessageNumbers
{
    /// <inheritdoc />
    public long Next()
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        RandomNumberGenerator.Fill(bytes);
        return BinaryPrimitives.ReadInt64LittleEndian(bytes);
    }
}
