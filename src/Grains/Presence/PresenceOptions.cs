using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace ImOrleans.Grains.Presence;

/// <summary>How members of a channel hear who comes and goes.</summary>
public sealed class PresenceOptions
{
    /// <summary>The section of the configuration.</summary>
    public const string SectionName = "Presence";

    /// <summary>
    /// Users up to which each change is told at once. Above it changes are told together, once a period; back at 80 % of
    /// it, each by itself again.
    /// </summary>
    /// <remarks><b>Range:</b> 8 to 128. <b>Default:</b> 50. <b>Source:</b> feature row R44.</remarks>
    [Range(8, 128)]
    public int AnnounceUsersMax { get; set; } = 50;

    /// <summary>In interval mode: how long after the first change that was not told yet all of them are.</summary>
    /// <remarks><b>Range:</b> 5 s to 5 min. <b>Default:</b> 30 s. <b>Source:</b> feature row R44.</remarks>
    [Range(typeof(TimeSpan), "00:00:05", "00:05:00")]
    public TimeSpan IntervalPeriod { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a user may be gone before others are told; who is back in time was never away.</summary>
    /// <remarks><b>Range:</b> 0 to 10 s. <b>Default:</b> 2 s. <b>Source:</b> feature row R44.</remarks>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:10")]
    public TimeSpan Debounce { get; set; } = TimeSpan.FromSeconds(2);
}

/// <summary>Checks <see cref="PresenceOptions"/> when the host starts.</summary>
[OptionsValidator]
public sealed partial class PresenceOptionsValidator : IValidateOptions<PresenceOptions>;
