using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace ImOrleans.Grains.Users;

/// <summary>What user grains hold to.</summary>
public sealed class UserOptions
{
    /// <summary>The section of the configuration.</summary>
    public const string SectionName = "Users";

    /// <summary>How long a user-to-user message waits for the receiver's gateways.</summary>
    /// <remarks>
    /// <b>Default:</b> 3 s. <b>Range:</b> less than the 4 s after which the caller gives up, so that it gets an answer.
    /// </remarks>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:00:03.800")]
    public TimeSpan SendWait { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>Devices of one user that are logged in at a time; another is refused.</summary>
    /// <remarks>
    /// <b>Default:</b> 10. <b>Range:</b> 1 to 1000. Sessions that wait for their client count. Those that gateways state
    /// after the loss of a silo are all kept.
    /// </remarks>
    [Range(1, 1000)]
    public int DevicesMax { get; set; } = 10;

    /// <summary>Connections of one user to chat rooms (<c>/room</c>) at a time; another is refused.</summary>
    /// <remarks><b>Default:</b> 1000. <b>Range:</b> 1 to 10,000. They do not count as devices.</remarks>
    [Range(1, 10_000)]
    public int RoomLoginsMax { get; set; } = 1000;

    /// <summary>Which devices of a user may be logged in at a time.</summary>
    /// <remarks><b>Default:</b> <see cref="DevicePolicy.All"/>. All silos must have the same.</remarks>
    [EnumDataType(typeof(DevicePolicy))]
    public DevicePolicy DevicePolicy { get; set; } = DevicePolicy.All;
}

/// <summary>Checks <see cref="UserOptions"/> when the host starts.</summary>
[OptionsValidator]
public sealed partial class UserOptionsValidator : IValidateOptions<UserOptions>;
