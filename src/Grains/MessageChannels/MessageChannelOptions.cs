using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace ImOrleans.Grains.MessageChannels;

/// <summary>What message channels hold to.</summary>
public sealed class MessageChannelOptions
{
    /// <summary>The section of the configuration.</summary>
    public const string SectionName = "MessageChannels";

    /// <summary>Sessions that are subscribed to one message channel; over it: 11021.</summary>
    /// <remarks><b>Range:</b> 1 to 1,000,000. <b>Default:</b> 100,000.</remarks>
    [Range(1, 1_000_000)]
    public int SubscribersMax { get; set; } = 100_000;

    /// <summary>Messages that a channel takes in a second, whoever they are from; over it: 11025.</summary>
    /// <remarks>
    /// <b>Range:</b> 0 to 100,000; 0 is no limit but those of the publishers. <b>Default:</b> 0. A burst of one second's
    /// worth is let through.
    /// </remarks>
    [Range(0, 100_000)]
    public int MessagesPerSecond { get; set; }

    /// <summary>Messages that a channel keeps for who was away.</summary>
    /// <remarks>
    /// <b>Range:</b> 0 to 10,000; 0 keeps none: whoever missed one is told so. <b>Default:</b> 256. The first of the
    /// three bounds that is reached counts.
    /// </remarks>
    [Range(0, 10_000)]
    public int RecentMessagesMax { get; set; } = 256;

    /// <summary>Bytes of the messages that a channel keeps, with 160 for each beside its payload.</summary>
    /// <remarks><b>Range:</b> 64 KiB to 64 MiB. <b>Default:</b> 1 MiB.</remarks>
    [Range(64 * 1024, 64 * 1024 * 1024)]
    public int RecentBytesMax { get; set; } = 1024 * 1024;

    /// <summary>How long a channel keeps a message.</summary>
    /// <remarks><b>Range:</b> 1 s to 1 d. <b>Default:</b> 5 min, the longest presence time-out of a client.</remarks>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan RecentAgeMax { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Publishes with a key of their own that a channel remembers.</summary>
    /// <remarks>
    /// <b>Range:</b> 0 to 100,000; 0 remembers none. <b>Default:</b> 4096. Beyond it the oldest are forgotten.
    /// </remarks>
    [Range(0, 100_000)]
    public int PublishedKeysMax { get; set; } = 4096;

    /// <summary>How long a channel remembers the key of a publish.</summary>
    /// <remarks><b>Range:</b> 1 s to 1 h. <b>Default:</b> 5 min (feature row X4).</remarks>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan PublishedKeyAgeMax { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// How long after its activation a channel that came back takes in what gateways state, before it shows who is there.
    /// </summary>
    /// <remarks><b>Range:</b> 1 s to 5 min. <b>Default:</b> 15 s, as for rooms.</remarks>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan RecoveryWindow { get; set; } = TimeSpan.FromSeconds(15);
}

/// <summary>Checks <see cref="MessageChannelOptions"/> when the host starts.</summary>
[OptionsValidator]
public sealed partial class MessageChannelOptionsValidator : IValidateOptions<MessageChannelOptions>;
