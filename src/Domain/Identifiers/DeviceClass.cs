namespace ImOrleans.Domain.Identifiers;

/// <summary>The kind of a device, for the policy of who may be logged in beside whom.</summary>
/// <remarks><b>Source:</b> feature rows RC7 and X14.</remarks>
[GenerateSerializer, Alias("im.DeviceClass")]
public enum DeviceClass
{
    /// <summary>None of the others, or its client did not say.</summary>
    Other = 0,

    /// <summary>An app on a telephone or a tablet.</summary>
    Mobile = 1,

    /// <summary>A page in a browser.</summary>
    Web = 2,

    /// <summary>A program on a computer.</summary>
    Desktop = 3,

    /// <summary>A program inside another app.</summary>
    MiniProgram = 4,

    /// <summary>Whatever logs in at the door for the RTM2 Go SDK: a door ends no login of another.</summary>
    GoSdk = 5,

    /// <summary>Whatever signs in at the door of chat rooms: any number beside each other, and beside all others.</summary>
    Room = 6,

    /// <summary>Whatever logs in at the door for the IM protocol over JSON.</summary>
    Im = 7,
}
