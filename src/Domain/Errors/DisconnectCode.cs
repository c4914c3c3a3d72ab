namespace ImOrleans.Domain.Errors;

/// <summary>Why the server closes a connection. The range tells the client what to do.</summary>
/// <remarks>
/// <b>Range:</b> 3000 to 3499: reconnect; 3500 to 3999: do not, until something was put right.
/// <b>Source:</b> feature row X5 (the ranges, 3008, 3012, 3500, 3501, 3503, 3504). Its 2500, resubscribe, is not used: the
/// server ends no subscription by itself, and what is missing is told by offsets, epochs and <c>recovered</c>.
/// </remarks>
public enum DisconnectCode
{
    /// <summary>The connection stays open.</summary>
    None = 0,

    /// <summary>The server stops or drains: reconnect, to another gateway if there is one.</summary>
    Shutdown = 3001,

    /// <summary>The server could not set up the connection: reconnect with backoff.</summary>
    Unavailable = 3002,

    /// <summary>
    /// The client reads too slowly: one write took too long, or what could not be dropped did not fit its queue. Nothing
    /// reaches it then, so it is told when it connects again.
    /// </summary>
    SlowConsumer = 3008,

    /// <summary>The client was not heard for too long: reconnect.</summary>
    Silent = 3012,

    /// <summary>The login token expired or is not valid any more.</summary>
    TokenExpired = 3500,

    /// <summary>The client sent something that no server can work with, such as a frame that is too long.</summary>
    BadRequest = 3501,

    /// <summary>Another connection of the same device took over, or an operator ended this one.</summary>
    Forced = 3503,

    /// <summary>The user has as many devices as are allowed.</summary>
    Limit = 3504,

    /// <summary>The client logged out.</summary>
    LoggedOut = 3505,
}
