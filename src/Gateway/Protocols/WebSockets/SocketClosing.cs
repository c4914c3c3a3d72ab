using System.Net.WebSockets;
using ImOrleans.Domain.Errors;

namespace ImOrleans.Gateway.Protocols.WebSockets;

/// <summary>How a connection is closed: a number, and a word for whoever reads logs.</summary>
/// <param name="Status">The number of the close frame: RFC 6455's own, or one of <see cref="DisconnectCode"/>.</param>
/// <param name="Reason">At most 123 bytes of UTF-8.</param>
internal readonly record struct SocketClosing(WebSocketCloseStatus Status, string Reason)
{
    /// <summary>The client closes, or nothing is left to be said.</summary>
    public static SocketClosing Normal { get; } = new(WebSocketCloseStatus.NormalClosure, "");

    /// <summary>The connection was lost or cut off; nothing is sent (1006).</summary>
    public static SocketClosing Lost { get; } = new((WebSocketCloseStatus)1006, "");

    /// <summary>The client did not sign in in time (1008, policy violation).</summary>
    public static SocketClosing SignInOverdue { get; } = new(WebSocketCloseStatus.PolicyViolation, "sign-in overdue");

    /// <summary>A message is longer than is read.</summary>
    public static SocketClosing TooBig { get; } = new(WebSocketCloseStatus.MessageTooBig, "message too long");

    /// <summary>The client does not keep to the protocol.</summary>
    public static SocketClosing ProtocolError { get; } = new(WebSocketCloseStatus.ProtocolError, "protocol error");

    /// <summary>A defect of the server.</summary>
    public static SocketClosing Defect { get; } = new(WebSocketCloseStatus.InternalServerError, "internal error");

    /// <summary>As many connections are open as are allowed (1013, try again later).</summary>
    public static SocketClosing Full { get; } = new((WebSocketCloseStatus)1013, "too many connections");

    /// <summary>The house's own numbers.</summary>
    public static SocketClosing Of(DisconnectCode code) => new((WebSocketCloseStatus)(int)code, code switch
    {
        DisconnectCode.Shutdown => "server stops",
        DisconnectCode.Unavailable => "unavailable",
        DisconnectCode.SlowConsumer => "slow client",
        DisconnectCode.Silent => "silent client",
        DisconnectCode.TokenExpired => "token expired",
        DisconnectCode.BadRequest => "bad request",
        DisconnectCode.Forced => "forced",
        DisconnectCode.Limit => "too many devices",
        DisconnectCode.LoggedOut => "logged out",
        _ => throw new ArgumentOutOfRangeException(nameof(code), code, "The connection stays open."),
    });
}
