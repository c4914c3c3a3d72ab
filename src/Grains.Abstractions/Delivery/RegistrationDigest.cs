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
    /// <summary>The digest of all that was added; zero for nothing.</summary>
    public long Value { get; private set; }

    /// <summary>Adds one interest: a session, and the names that it goes with.</summary>
    public void Add(SessionId session, params ReadOnlySpan<string> names)
    {
        var hash = Fnv1a.Add(Fnv1a.OffsetBasis, (ulong)session.Number);
        foreach (var name in names)
            hash = Fnv1a.Add(Fnv1a.Add(hash, name), ulong.MaxValue);
        Value += (long)hash;
    }
}
