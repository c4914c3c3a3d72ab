using System.ComponentModel.DataAnnotations;

namespace ImOrleans.Gateway.ServerApi;

/// <summary>What calls of the app's own servers may do.</summary>
public sealed class ServerApiOptions
{
    /// <summary>The configuration section.</summary>
    public const string SectionName = "ServerApi";

    /// <summary>How far the time of a call may be from the server's, before or after; beyond it: 401.</summary>
    /// <remarks><b>Default:</b> 5 min. <b>Range:</b> 1 s to 1 h.</remarks>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan TimestampSkewMax { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Nonces that are remembered, each for as long as its call could come again; when there is no room: 429.
    /// </summary>
    /// <remarks><b>Default:</b> 600,000, which is 1,000 calls a second. <b>Range:</b> 1 to 10,000,000.</remarks>
    [Range(1, 10_000_000)]
    public int NoncesMax { get; set; } = 600_000;

    /// <summary>Calls that may be unfinished at a time; one more: 503.</summary>
    /// <remarks><b>Default:</b> 1,000. <b>Range:</b> 1 to 100,000.</remarks>
    [Range(1, 100_000)]
    public int UnfinishedCallsMax { get; set; } = 1000;
}
