using System.Text;
using ImOrleans.Domain.Identifiers;

namespace ImOrleans.Grains.Abstractions.Delivery;

/// <summary>
/// A number that two sides get when they hold the same set of interests, in whatever order they were added.
/// Gateway and grain compare it now and then; it is a net for lost calls, not a proof against a forger.
/// </summary>
/// <remarks>
/// What goes into it is written once for both sides, in the <c>DigestOf</c> of each registration.
/// </remarks>
public sealed class RegistrationDigest
{
    private const ulong OffsetBasis = 14695981039346656037; // FNV-1a, 64 bits.
    private const ulong Prime = 1099511628211;

    /// <summary>The digest of all that was added; zero for nothing.</summary>
    public long Value { get; private set; }

    /// <summary>Adds one interest: a session, and the names that it goes with.</summary>
    public void Add(SessionId session, params ReadOnlySpan<string> names)
    {
        var hash = Mix(OffsetBasis, (ulong)session.Number);
        foreach (var name in names)
        {
            foreach (var b in Encoding.UTF8.GetBytes(name))
                hash = (hash ^ b) * Prime;
            hash = Mix(hash, ulong.MaxValue);
        }

        Value += (long)hash;
    }

    private static ulong Mix(ulong hash, ulong value)
    {
        for (var i = 0; i < sizeof(ulong); i++, value >>= 8)
            hash = (hash ^ (value & 0xFF)) * Prime;
        return hash;
    }
}
