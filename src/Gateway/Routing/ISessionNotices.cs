using ImOrleans.Domain.Identifiers;
using ImOrleans.Gateway.Sessions;
using ImOrleans.Grains.Abstractions.Delivery;
using ImOrleans.Grains.Abstractions.Sessions;

namespace ImOrleans.Gateway.Routing;

/// <summary>
/// What is done when a grain tells or asks something of one session. Called outside of every lock; returns at once.
/// </summary>
internal interface ISessionNotices
{
    /// <summary>The user grain speaks of the login or its token.</summary>
    void OnLoginNotice(Session session, SessionNotice notice);

    /// <summary>A room speaks of the token for its channel.</summary>
    void OnChannelNotice(Session session, ChannelName channel, SessionNotice notice);

    /// <summary>The client of a session has come to another gateway: what the session has; null when it cannot move.</summary>
    SessionContent? Describe(SessionClaim claim);

    /// <summary>The session goes on there: it ends here. What its client has not got; null when that is not all there.</summary>
    Task<SessionRest?> TakeAsync(TakeSessionRequest request);
}
