using ImOrleans.Domain.Identifiers;
using ImOrleans.Gateway.Sessions;
using ImOrleans.Grains.Abstractions.Delivery;

namespace ImOrleans.Gateway.Routing;

/// <summary>
/// What is done when a grain tells something to one session. Called outside of every lock; returns at once.
/// </summary>
internal interface ISessionNotices
{
    /// <summary>The user grain speaks of the login or its token.</summary>
    void OnLoginNotice(Session session, SessionNotice notice);

    /// <summary>A room speaks of the token for its channel.</summary>
    void OnChannelNotice(Session session, ChannelName channel, SessionNotice notice);
}
