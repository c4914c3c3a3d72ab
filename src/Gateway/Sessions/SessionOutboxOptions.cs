using System.ComponentModel.DataAnnotations;

namespace ImOrleans.Gateway.Sessions;

/// <summary>How much may wait for a client that reads slowly.</summary>
public sealed class SessionOutboxOptions
{
    /// <summary>The configuration section.</summary>
    public const string SectionName = "Outbox";

    /// <summary>
    /// Bytes that wait for one session before ephemeral messages are dropped, the least urgent and oldest first.
    /// </summary>
    /// <remarks><b>Range:</b> 16 KiB to 256 MiB. <b>Default:</b> 1 MiB (feature row X6).</remarks>
    [Range(16 * 1024, 256 * 1024 * 1024)]
    public int BytesMax { get; set; } = 1024 * 1024;

    /// <summary>Events that wait for one session before ephemeral messages are dropped.</summary>
    /// <remarks><b>Range:</b> 16 to 1,000,000. <b>Default:</b> 8192.</remarks>
    [Range(16, 1_000_000)]
    public int EventsMax { get; set; } = 8192;

    /// <summary>How long one write may wait for the client before its connection is closed with 3008.</summary>
    /// <remarks><b>Range:</b> 1 s to 1 h. <b>Default:</b> 60 s, two of the client's own time-outs.</remarks>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan StallMax { get; set; } = TimeSpan.FromSeconds(60);
}
