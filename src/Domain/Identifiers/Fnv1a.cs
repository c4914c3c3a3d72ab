using System.Text;

namespace ImOrleans.Domain.Identifiers;

/// <summary>A hash that is the same on every machine and in every run: FNV-1a, 64 bits. No proof against a forger.</summary>
/// <remarks><b>Source:</b> Fowler, Noll, Vo; RFC 9923.</remarks>
public static class Fnv1a
{
    /// <summary>The hash of nothing.</summary>
    public const ulong OffsetBasis = 14695981039346656037;

    private const ulong Prime = 1099511628211;

    /// <summary>The hash of a text as UTF-8.</summary>
    public static ulong Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Add(OffsetBasis, text);
    }

    /// <summary>Goes on with a text as UTF-8.</summary>
    public static ulong Add(ulong hash, string text)
    {
        Span<byte> utf8 = stackalloc byte[512];
        if (Encoding.UTF8.GetMaxByteCount(text.Length) > utf8.Length)
            utf8 = new byte[Encoding.UTF8.GetByteCount(text)];
        foreach (var b in utf8[..Encoding.UTF8.GetBytes(text, utf8)])
            hash = (hash ^ b) * Prime;
        return hash;
    }

    /// <summary>Goes on with a number, its lowest byte first.</summary>
    public static ulong Add(ulong hash, ulong number)
    {
        for (var i = 0; i < sizeof(ulong); i++, number >>= 8)
            hash = (hash ^ (number & 0xFF)) * Prime;
        return hash;
    }
}
