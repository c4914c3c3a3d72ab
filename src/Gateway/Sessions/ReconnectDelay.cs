using ImOrleans.Domain.Identifiers;

namespace ImOrleans.Gateway.Sessions;

/// <summary>
/// When clients of a gateway that stops should come back: spread, so that the next one is not run over.
/// </summary>
internal static class ReconnectDelay
{
    /// <summary>The time over which they are spread.</summary>
    public static readonly TimeSpan Spread = TimeSpan.FromSeconds(5);

    /// <summary>A time below five seconds, the same for the same session.</summary>
    public static TimeSpan For(SessionId session)
    {
        const ulong knuth = 2654435761; // The multiplier of his multiplicative hash.
        return TimeSpan.FromMilliseconds((uint)((ulong)session.Number * knuth) % (uint)Spread.TotalMilliseconds);
    }
}
