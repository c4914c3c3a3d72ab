using ImOrleans.Gateway.Sessions;

namespace ImOrleans.Gateway.Protocols.SignalR;

/// <summary>A connection of the hub, and the session that it was made for.</summary>
internal sealed record HubLink(Session Session, ISessionConnection Connection)
{
    /// <summary>
    /// True while the session goes over this connection: what still comes over one that was given up has no effect.
    /// </summary>
    public bool IsCurrent => !Session.IsEnded && ReferenceEquals(Session.Connection, Connection);
}
