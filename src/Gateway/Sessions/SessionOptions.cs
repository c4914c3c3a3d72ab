using System.ComponentModel.DataAnnotations;
using ImOrleans.Domain.Limits;

namespace ImOrleans.Gateway.Sessions;

/// <summary>What becomes of a session whose connection was lost.</summary>
public sealed class SessionOptions
{
    /// <summary>The configuration section.</summary>
    public const string SectionName = "Sessions";

    /// <summary>How long a session outlives its connection, unless its client asks for another time.</summary>
    /// <remarks><b>Range:</b> 5 s to 5 min. <b>Default:</b> 5 min (feature row R43).</remarks>
    [Range(typeof(TimeSpan), "00:00:05", "00:05:00")]
    public TimeSpan PresenceTimeout { get; set; } = RtmLimits.PresenceTimeoutMax;

    /// <summary>
    /// Sessions without a connection that this gateway keeps; one more ends the one that has waited longest.
    /// </summary>
    /// <remarks>
    /// <b>Range:</b> 0 to 1,000,000; 0: a session ends with its connection. <b>Default:</b> 10,000. Each holds at most
    /// <see cref="SessionOutboxOptions.BytesMax"/> of what came meanwhile, mostly shared with others, and as much of
    /// what was written and not confirmed.
    /// </remarks>
    [Range(0, 1_000_000)]
    public int DetachedMax { get; set; } = 10_000;

    /// <summary>The same for the sessions of one user.</summary>
    /// <remarks><b>Range:</b> 1 to 1000. <b>Default:</b> 16.</remarks>
    [Range(1, 1000)]
    public int DetachedPerUserMax { get; set; } = 16;

    /// <summary>How long a client that sends pings may be silent before its connection is closed.</summary>
    /// <remarks>
    /// <b>Range:</b> 1 s to 5 min. <b>Default:</b> 33 s, the 25 s and 8 s of feature row X7; clients ping every 15 s.
    /// Looked at every five seconds. The session is resumed like any other that has lost its connection.
    /// </remarks>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan SilenceMax { get; set; } = TimeSpan.FromSeconds(25 + 8);

    /// <summary>The greatest <see cref="SilenceMax"/>.</summary>
    internal static TimeSpan SilenceMaxMax { get; } = TimeSpan.FromMinutes(5);
}
