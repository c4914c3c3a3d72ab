using ImOrleans.Domain.Identifiers;
using ImOrleans.Gateway.Diagnostics;
using ImOrleans.Gateway.Routing;
using ImOrleans.Grains.Abstractions.Sessions;
using Microsoft.Extensions.Logging;

namespace ImOrleans.Gateway.Sessions;

// How a session comes from another gateway, and how it goes to one.
internal sealed partial class SessionLifecycle
{
    /// <summary>How long a session that leaves is waited for to be withdrawn; its new gateway waits a little longer.</summary>
    private static readonly TimeSpan LeavePatience = TimeSpan.FromSeconds(1);

    /// <inheritdoc />
    public SessionContent? Describe(SessionClaim claim) =>
        Find(claim) is { IsBoundHere: false } session ? mover.Describe(session) : null;

    /// <inheritdoc />
    public async Task<SessionRest?> TakeAsync(TakeSessionRequest request)
    {
        if (Find(request.Claim) is not { IsBoundHere: false } session)
            return null;
        var content = mover.Describe(session);

        // Its client is elsewhere: what still comes over the old connection has no effect, and what came is finished.
        if (session.Connection is { } connection)
        {
            session.TryDetach(connection, () => GiveUp(session));
            connection.Close(Domain.Errors.DisconnectCode.Forced);
        }

        try
        {
            await Task.WhenAll(session.Calls.IdleAsync(), mover.FannedOutAsync(session, content))
                .WaitAsync(LeavePatience, clock);
        }
        catch (TimeoutException)
        {
            return null;
        }

        // A publish may have been given up while it was waited for.
        if (session.IsBoundHere || session.Outbox.Take(request.Received) is not { } rest)
            return null;
        var packed = mover.Pack(session, content, rest);
        await Task.WhenAny(EndAsync(session), Task.Delay(LeavePatience, clock));
        return packed;
    }

    /// <summary>The session of another gateway that the client was in, as one of this gateway; null when it cannot go on.</summary>
    private async Task<Session?> TryMoveAsync(
        UserId user, DeviceId device, SessionToken token, ISessionConnection connection, ConnectWishes wishes)
    {
        if (_isStopping || wishes.Previous is not { } key || key.Session.Gateway == identity.Id)
            return null;

        // What it has it keeps, as over another connection to the same gateway; its calls are what the token restricts.
        var session = NewSession(user, device, token with { Permissions = null }, null, wishes);
        session.Replaces = key.Session;
        var isMoved = false;
        try
        {
            var budget = new CallBudget(clock);
            isMoved = await budget.WithinAsync(MoveAsync(budget, session, token, key, connection, wishes.Received));
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            LogSessionNotMoved(logger, failure, key.Session, user);
        }

        // It may have come just when the time was over.
        if (isMoved || !session.TryGiveUp())
            return session;

        // What was had of it goes; the next connect of the device takes it over in any case.
        _ = EndAsync(session);
        return null;
    }

    private async Task<bool> MoveAsync(
        CallBudget budget, Session session, SessionToken token, SessionKey key, ISessionConnection connection,
        long received)
    {
        using var user = routes.EnterUser(session.User);
        var claim = new SessionClaim(key.Session, key.Secret);
        var recalled = await user.Route.Grain.RecallSessionAsync(claim);
        if (recalled is { IsAway: true })
            return await RecoverAsync(budget, session, claim, recalled, connection, received);
        SessionContent? content;
        try
        {
            content = await user.Route.Grain.DescribeSessionAsync(claim);
        }
        catch (Exception failure) when (recalled is not null && failure is not OutOfMemoryException)
        {
            LogGatewaySilent(logger, failure, key.Session.Gateway, key.Session, session.User);
            return await RecoverAsync(budget, session, claim, recalled, connection, received);
        }

        if (content is null)
            return false;
        session.Record = session.Record?.GoingOn(recalled?.Record, content.States);
        var login = await LogInAsync(budget, session, null);
        if (!login.IsAccepted || await mover.RestoreAsync(session, content) is not { } positions)
            return false;
        positions.Add(GrainKey.User(session.User), login.Value);
        if (!await mover.MarkAsync(content, key.Session.Gateway) || session.IsEnded
            || await user.Route.Grain.TakeSessionAsync(new(claim, received)) is not { } packed
            || SessionMover.Unpack(packed, positions) is not { } rest)
            return false;
        session.Replaces = null;
        session.Token = token;
        var greeting = Greeting(session, isResumed: true);
        if (!session.TryAttach(connection, received, greeting, out _, rest))
            return false;
        GatewayMetrics.SessionsResumed.Add(1);
        LogSessionMoved(logger, key.Session, session.User, session.Id);
        return true;
    }

    /// <summary>
    /// The gateway of the session is lost, or out of reach: the grains know what the session has. What its client had not
    /// got is lost, and it is told so.
    /// </summary>
    /// <remarks>
    /// The old session is released before the client is greeted: what the old gateway may have sent for it and is still on
    /// its way to a topic cannot come behind what the client says from now on. To a message channel each publish names the
    /// sessions that are over.
    /// </remarks>
    private async Task<bool> RecoverAsync(
        CallBudget budget, Session session, SessionClaim claim, RecalledSession recalled, ISessionConnection connection,
        long received)
    {
        using var user = routes.EnterUser(session.User);
        if (await mover.GatherAsync(claim.Session, recalled) is not { } content)
            return false;
        session.Record = session.Record?.GoingOn(recalled.Record, content.States, claim.Session);
        var login = await LogInAsync(budget, session, null);
        if (!login.IsAccepted || await mover.RestoreAsync(session, content) is null
            || !await mover.TellLocksAsync(session, content) || session.IsEnded
            || !(await user.Route.Grain.ReleaseSessionAsync(claim)).IsAccepted)
            return false;
        session.Replaces = null;
        var greeting = Greeting(session, isResumed: true, isLossy: true);
        if (!session.TryAttach(connection, received, greeting, out _))
            return false;
        GatewayMetrics.SessionsResumed.Add(1);
        LogSessionRecovered(logger, claim.Session, session.User, session.Id);
        return true;
    }

    private Session? Find(SessionClaim claim) =>
        _sessions.TryGetValue(claim.Session, out var session) && !session.IsEnded && !session.IsClosing
        && session.Key?.Matches(new(claim.Session, claim.Secret)) == true
            ? session
            : null;

    [LoggerMessage(EventId = LogEventIds.SessionMoved, Level = LogLevel.Debug,
        Message = "Session {SessionId} of user {UserId} has come from another gateway as {NewSessionId}")]
    private static partial void LogSessionMoved(
        ILogger logger, SessionId sessionId, UserId userId, SessionId newSessionId);

    [LoggerMessage(EventId = LogEventIds.SessionRecovered, Level = LogLevel.Debug,
        Message = "Session {SessionId} of user {UserId}, whose gateway is lost, goes on as {NewSessionId}")]
    private static partial void LogSessionRecovered(
        ILogger logger, SessionId sessionId, UserId userId, SessionId newSessionId);

    [LoggerMessage(EventId = LogEventIds.GatewaySilent, Level = LogLevel.Information,
        Message = "Gateway {GatewayId} did not answer for session {SessionId} of user {UserId}; the grains are asked")]
    private static partial void LogGatewaySilent(
        ILogger logger, Exception failure, GatewayId gatewayId, SessionId sessionId, UserId userId);

    [LoggerMessage(EventId = LogEventIds.SessionNotMoved, Level = LogLevel.Information,
        Message = "Session {SessionId} of user {UserId} could not be had from its gateway; its client begins anew")]
    private static partial void LogSessionNotMoved(ILogger logger, Exception failure, SessionId sessionId, UserId userId);
}
