using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Gateway.Diagnostics;
using Microsoft.Extensions.Logging;

namespace ImOrleans.Gateway.Sessions;

// How sessions outlive their connections, and how clients come back to them.
internal sealed partial class SessionLifecycle
{
    /// <summary>
    /// A connection has ended. A session that was told why ends with it; another one waits for its client, with all
    /// that it has. The end of a connection that is not the session's any more means nothing.
    /// </summary>
    public Task LoseAsync(Session session, ISessionConnection connection)
    {
        if (!session.TryDetach(connection, () => GiveUp(session)))
            return Task.CompletedTask;
        if (session.IsEnded)
        {
            session.StopWaiting();
            return Task.CompletedTask;
        }

        if (session.IsClosing || session.Outbox.IsClosed || (_isStopping && !_isDraining) || options.Value.DetachedMax == 0)
            return EndAsync(session);
        LogSessionDetached(logger, session.Id, session.User, session.PresenceTimeout);
        GatewayMetrics.SessionsDetached.Add(1);
        if (_detached.Add(session) is { } surplus)
            return EndAsync(surplus);

        // It may have been ended or resumed between the two.
        if (session.IsEnded || session.Connection is not null)
            _detached.Remove(session);
        return Task.CompletedTask;
    }

    /// <summary>The session that the client was in, with the new connection; null when it cannot go on.</summary>
    private Session? TryResume(
        UserId user, DeviceId device, SessionToken token, ISessionConnection connection, ConnectWishes wishes)
    {
        if (_isStopping || wishes.Previous is not { } key || !_sessions.TryGetValue(key.Session, out var session)
            || session.Key?.Matches(key) != true || session.User != user || session.Device != device)
            return null;
        var timeout = wishes.PresenceTimeout ?? options.Value.PresenceTimeout;
        var hasChanged = session.PresenceTimeout != timeout;
        session.PresenceTimeout = timeout;
        if (!session.TryAttach(connection, wishes.Received, Greeting(session, isResumed: true), out var before))
            return null;
        if (hasChanged)
            mover.StateAnew(session);
        before?.Close(DisconnectCode.Forced); // Dead in all likelihood; nobody reads what it could be told.
        _detached.Remove(session);
        GatewayMetrics.SessionsResumed.Add(1);
        LogSessionResumed(logger, session.Id, user);
        if (session.Token.Text != token.Text)
            _ = ShowTokenAsync(session, token);
        return session;
    }

    /// <summary>The token of the new connection is the one that counts, as after a renewal.</summary>
    private async Task ShowTokenAsync(Session session, SessionToken token)
    {
        session.Token = token;
        ArmExpiry(session);
        session.WarnIfShort(null, token.ExpiresAt, clock.GetUtcNow());
        using var route = routes.EnterUser(session.User);

        // A grain that does not hear of it here is told with everything else that is confirmed.
        await caller.CallAsync(
            new(clock), route.Route,
            update => route.Route.Grain.RenewTokenAsync(new(update, session.Id, token.ExpiresAt)), _ => null, _ => { });
    }

    private void GiveUp(Session session)
    {
        LogSessionGivenUp(logger, session.Id, session.User);
        _ = EndAsync(session);
    }

    private ConnectionEvent Greeting(Session session, bool isResumed, bool isLossy = false)
    {
        var wasSlow = _slow.TryFind(session.User, session.Device, out var lost);
        return new(ConnectionState.Connected, ConnectionReason.LoginSuccess, isResumed ? "Connected again." : "Connected.")
        {
            Key = session.Key,
            IsResumed = isResumed,
            IsLossy = isLossy,
            PreviousCloseCode = wasSlow ? DisconnectCode.SlowConsumer : DisconnectCode.None,
            Dropped = lost ?? 0,
        };
    }

    [LoggerMessage(EventId = LogEventIds.SessionDetached, Level = LogLevel.Debug,
        Message = "Session {SessionId} of user {UserId} has lost its connection and is kept for {PresenceTimeout}")]
    private static partial void LogSessionDetached(
        ILogger logger, SessionId sessionId, UserId userId, TimeSpan presenceTimeout);

    [LoggerMessage(EventId = LogEventIds.SessionResumed, Level = LogLevel.Debug,
        Message = "The client of session {SessionId} of user {UserId} is back")]
    private static partial void LogSessionResumed(ILogger logger, SessionId sessionId, UserId userId);

    [LoggerMessage(EventId = LogEventIds.SessionGivenUp, Level = LogLevel.Debug,
        Message = "The client of session {SessionId} of user {UserId} did not come back in time")]
    private static partial void LogSessionGivenUp(ILogger logger, SessionId sessionId, UserId userId);
}
