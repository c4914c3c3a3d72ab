using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace ImOrleans.Grains.History;

/// <summary>How messages are kept that ask for it.</summary>
public sealed class HistoryOptions
{
    /// <summary>The section of the configuration.</summary>
    public const string SectionName = "History";

    /// <summary>How many days a message is kept; older ones are neither found nor, after a while, there.</summary>
    /// <remarks>
    /// <b>Range:</b> 1, 7, 30, 90 or 365; 0 is for ever (feature row R20). <b>Default:</b> 7: the row names none, and this
    /// is the shortest that outlasts a weekend. A change is for all messages, those that are kept already too.
    /// </remarks>
    [AllowedValues(
        0, 1, 7, 30, 90, 365,
        ErrorMessage = "History:RetentionDays must be 1, 7, 30, 90 or 365 days, or 0, which is for ever.")]
    public int RetentionDays { get; set; } = 7;

    /// <summary>How long a publish or a query waits for the store; then it is answered 15003.</summary>
    /// <remarks>
    /// <b>Default:</b> 3 s. <b>Range:</b> less than the 4 s after which the caller gives up, so that it gets an answer.
    /// </remarks>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:00:03.800")]
    public TimeSpan StoreWait { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>The time before which nothing is kept, in milliseconds of Unix time.</summary>
    internal long KeptSince(DateTimeOffset now) =>
        RetentionDays == 0 ? 0 : now.AddDays(-RetentionDays).ToUnixTimeMilliseconds();
}

/// <summary>Checks <see cref="HistoryOptions"/> when the host starts.</summary>
[OptionsValidator]
public sealed partial class HistoryOptionsValidator : IValidateOptions<HistoryOptions>;
