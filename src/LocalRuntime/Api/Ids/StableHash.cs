using System.Runtime.InteropServices;

namespace Orleans.Runtime;

/// <summary>
/// A string hash that does not change from process to process, unlike <see cref="string.GetHashCode()"/>.
/// </summary>
/// <remarks>Seeded runs need it: the order in which a directory is walked must be the same each time.</remarks>
internal static class StableHash
{
    private const uint Prime1 = 2654435761;
    private const uint Prime2 = 2246822519;

    public static int Of(string value)
    {
        var hash = Prime2 + (uint)value.Length;
        var chars = value.AsSpan();
        var words = MemoryMarshal.Cast<char, uint>(chars);
        foreach (var word in words)
        {
            hash = uint.RotateLeft(hash + word * Prime2, 13) * Prime1;
        }

        if ((chars.Length & 1) != 0)
        {
            hash = uint.RotateLeft(hash + chars[^1] * Prime2, 13) * Prime1;
        }

        hash ^= hash >> 15;
        hash *= Prime2;
        hash ^= hash >> 13;
        return unchecked((int)hash);
    }
}
