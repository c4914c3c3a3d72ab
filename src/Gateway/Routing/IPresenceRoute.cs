using ImOrleans.Gateway.Sessions;
using ImOrleans.Grains.Abstractions.Presence;

namespace ImOrleans.Gateway.Routing;

/// <summary>A route to a channel with presence.</summary>
internal interface IPresenceRoute
{
    IPresenceGrain Presence { get; }

    /// <summary>True when a session is in the channel. Under the gate.</summary>
    bool HasPresence(Session session);

    /// <summary>What a session's user says of itself now. Under the gate.</summary>
    void KeepState(Session session, PresenceState state);
}
