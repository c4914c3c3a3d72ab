using System.ComponentModel.DataAnnotations;
using ImOrleans.Domain.Conversations;
using Microsoft.Extensions.Options;

namespace ImOrleans.Grains.Conversations;

/// <summary>How messages of conversations are stored.</summary>
public sealed class ConversationOptions
{
    /// <summary>The section of the configuration.</summary>
    public const string SectionName = "Conversations";

    /// <summary>How long a send waits for the store; then it is answered 24015, and its outcome is not known.</summary>
    /// <remarks>
    /// <b>Default:</b> 3 s. <b>Range:</b> less than the 4 s after which the caller gives up, so that it gets an answer.
    /// </remarks>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:00:03.800")]
    public TimeSpan StoreWait { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>Messages of one conversation that may wait for the store; what comes on top is refused at once.</summary>
    /// <remarks><b>Default:</b> 1,000, some seconds of what one conversation can store. <b>Range:</b> 1 to 100,000.</remarks>
    [Range(1, 100_000)]
    public int WaitingMessagesMax { get; set; } = 1000;

    /// <summary>Bytes of one conversation that may wait for the store.</summary>
    /// <remarks><b>Default:</b> 16 MiB. <b>Range:</b> 256 KiB, more than any message, to 1 GiB.</remarks>
    [Range(256 * 1024, 1024 * 1024 * 1024)]
    public int WaitingBytesMax { get; set; } = 16 * 1024 * 1024;

    /// <summary>Members of a group or a discussion; what would make them more is refused.</summary>
    /// <remarks>
    /// <b>Default:</b> 3,000 (feature row RC43). <b>Range:</b> 1 to 100,000. Groups that have more when it is made smaller keep
    /// them, and nobody comes.
    /// </remarks>
    [Range(1, ConversationLimits.MembersMax)]
    public int GroupMembersMax { get; set; } = ConversationLimits.MembersDefault;

    /// <summary>How many days a message waits for devices that are away; then it is in the history only. A user
    /// may set 1 to 7 for itself.</summary>
    /// <remarks><b>Default:</b> 7 (feature row RC30). <b>Range:</b> 1 to 365.</remarks>
    [Range(1, 365)]
    public int OfflineDays { get; set; } = 7;

    /// <summary>
    /// How many days a device is remembered that is not there. One that comes later begins anew, and makes room for another.
    /// </summary>
    /// <remarks><b>Default:</b> 30. <b>Range:</b> 1 to 3650.</remarks>
    [Range(1, 3650)]
    public int DeviceDays { get; set; } = 30;

    /// <summary>How many days messages are kept; older ones are removed. 0 is for ever.</summary>
    /// <remarks>
    /// <b>Default:</b> 183, half a year (feature row RC25). <b>Range:</b> 0, or 7 to 36,500: as long as a message is kept, its
    /// repetition is known.
    /// </remarks>
    [Range(0, 36_500), DeniedValues(1, 2, 3, 4, 5, 6)]
    public int RetentionDays { get; set; } = 183;

    /// <summary>How exactly it is known when a device was there last: it is not written with every call.</summary>
    internal static TimeSpan SeenPeriod { get; } = TimeSpan.FromHours(1);

    /// <summary>The time from which on messages wait for devices, in milliseconds of Unix time.</summary>
    /// <param name="now">The present.</param>
    /// <param name="days">What the user has set; null: nothing.</param>
    internal long OfflineSince(DateTimeOffset now, int? days) => now.AddDays(-(days ?? OfflineDays)).ToUnixTimeMilliseconds();

    /// <summary>The time from which on messages are kept; null when all are.</summary>
    internal long? KeptSince(DateTimeOffset now) =>
        RetentionDays == 0 ? null : now.AddDays(-RetentionDays).ToUnixTimeMilliseconds();

    /// <summary>Devices that were not there since then are forgotten.</summary>
    internal long DeviceSince(DateTimeOffset now) => now.AddDays(-DeviceDays).ToUnixTimeMilliseconds();
}

/// <summary>Checks <see cref="ConversationOptions"/> when the host starts.</summary>
[OptionsValidator]
public sealed partial class ConversationOptionsValidator : IValidateOptions<ConversationOptions>;
