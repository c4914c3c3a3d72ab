namespace ImOrleans.Grains.Abstractions.Delivery;

/// <summary>What a <see cref="SessionNotice"/> is about.</summary>
/// <remarks>From a user grain the token is the login's; from a room it is the one for that stream channel.</remarks>
[GenerateSerializer, Alias("im.SessionNoticeKind")]
public enum SessionNoticeKind
{
    /// <summary>A newer connection of the same device took over: reason 19, then the connection is closed.</summary>
    TakenOver = 1,

    /// <summary>The token ends in 30 s.</summary>
    TokenWillExpire = 2,

    /// <summary>The token has ended: the connection is closed, or the channel was left.</summary>
    TokenExpired = 3,

    /// <summary>Another device of its class has logged in: reason 19, then the connection is closed.</summary>
    Displaced = 4,
}
