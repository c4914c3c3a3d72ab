using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace ImOrleans.Grains.Rooms;

/// <summary>What rooms hold to.</summary>
public sealed class RoomOptions
{
    /// <summary>The section of the configuration.</summary>
    public const string SectionName = "Rooms";

    /// <summary>Users in one stream channel, each counted once.</summary>
    /// <remarks><b>Default:</b> 1000. <b>Source:</b> feature row R22.</remarks>
    [Range(1, 100_000)]
    public int MembersMax { get; set; } = 1000;

    /// <summary>
    /// How long after its activation a room that came back takes in what gateways state, before it tells all members
    /// where things stand.
    /// </summary>
    /// <remarks>
    /// <b>Default:</b> 15 s: gateways learn of a lost silo within seconds, and state their members anew at once.
    /// </remarks>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan RecoveryWindow { get; set; } = TimeSpan.FromSeconds(15);
}

/// <summary>Checks <see cref="RoomOptions"/> when the host starts.</summary>
[OptionsValidator]
public sealed partial class RoomOptionsValidator : IValidateOptions<RoomOptions>;
