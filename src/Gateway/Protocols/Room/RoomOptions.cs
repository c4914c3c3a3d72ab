using System.ComponentModel.DataAnnotations;

namespace ImOrleans.Gateway.Protocols.Room;

/// <summary>The door of chat rooms. Section <c>RoomDoor</c>.</summary>
public sealed class RoomOptions
{
    /// <summary>The configuration section.</summary>
    public const string SectionName = "RoomDoor";

    /// <summary>Whether <c>/room</c> and <c>POST /msg</c> are served.</summary>
    /// <remarks><b>Default:</b> true. <c>POST /tk</c> has its own: <c>Auth:TestTokens</c>.</remarks>
    public bool Enabled { get; set; } = true;

    /// <summary>Connections at a time, signed in or not; those above it are told so and closed.</summary>
    /// <remarks><b>Range:</b> 1 to 1,000,000. <b>Default:</b> 32,768, as the original has it (feature row C12).</remarks>
    [Range(1, 1_000_000)]
    public int ConnectionsMax { get; set; } = 32 * 1024;

    /// <summary>How long a connection may be open without a sign-in that succeeded.</summary>
    /// <remarks><b>Range:</b> 1 s to 5 min. <b>Default:</b> 5 s (feature row C3).</remarks>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan SignInTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a client may send nothing before its connection is closed.</summary>
    /// <remarks>
    /// <b>Range:</b> 10 s to 1 day. <b>Default:</b> 10 min (feature row C5). Looked at every five seconds.
    /// </remarks>
    [Range(typeof(TimeSpan), "00:00:10", "1.00:00:00")]
    public TimeSpan IdleMax { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// Whether only users whose id is a decimal number from 1 to 2,147,483,647 count as signed in, as in the original:
    /// others are answered as if they did, and closed when <see cref="SignInTimeout"/> is over.
    /// </summary>
    /// <remarks><b>Default:</b> false (feature row C17).</remarks>
    public bool DecimalUserIds { get; set; }

    /// <summary>
    /// Whether <c>POST /msg</c> answers 1001 instead of 0 to who shows no valid token, as its description has it.
    /// </summary>
    /// <remarks><b>Default:</b> false, as the original does (feature rows C14 and K2).</remarks>
    public bool SignInCode1001 { get; set; }
}
