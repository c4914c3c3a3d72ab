using System.Collections.Concurrent;
using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Gateway.Channels;
using ImOrleans.Gateway.Conversations;
using ImOrleans.Gateway.Diagnostics;
using ImOrleans.Gateway.Routing;
using ImOrleans.Gateway.SharedData;
using ImOrleans.Grains.Abstractions.Delivery;
using ImOrleans.Grains.Abstractions.Presence;
using ImOrleans.Grains.Abstractions.Sessions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ImOrleans.Gateway.Sessions;

/// <summary>How sessions begin, renew their tokens and end, whichever protocol they speak.</summary>
internal sealed partial class SessionLifecycle(
    GatewayIdentity identity, RouteTable routes, RouteCaller caller, StreamChannelCalls channels,
    MessageChannelCalls messageChannels, SharedDataFeeds feeds, ChatGroups groups, SessionMover mover,
    SessionRecords records, IOptions<SessionOptions> options,
    IOptions<SessionOutboxOptions> outboxOptions, IOptions<RateLimitOptions> rateLimits, TimeProvider clock,
    ILogger<SessionLifecycle> logger) : ISessionNotices
{
    /// <summary>How long the connection of a session that has logged out stays open for its answer.</summary>
    private static readonly TimeSpan LogoutGrace = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<SessionId, Session> _sessions = new();
    private readonly DetachedSessions _detached = new(options.Value);
    private readonly UserRates _userRates = new(rateLimits.Value, clock);
    private readonly SlowConnections _slow = new(clock);

    /// <summary>The sessions that there are now, those without a connection too.</summary>
    public ICollection<Session> All => _sessions.Values;

    /// <summary>
    /// Begins a session. Accepted, it gets messages, and the client has been told that it is connected.
    /// </summary>
    /// <remarks>
    /// When the client comes back to a session that this gateway has, that one is answered. Otherwise it is a new one,
    /// and an older one of the device is taken over.
    /// <b>Errors:</b> <see cref="ErrorCode.LoginTimeout"/>: the user's grain could not be reached.
    /// <see cref="ErrorCode.LoginRejected"/>: the user has as many devices as are allowed.
    /// </remarks>
    /// <param name="user">Who connects.</param>
    /// <param name="device">From which device.</param>
    /// <param name="token">The login token.</param>
    /// <param name="connection">The connection.</param>
    /// <param name="wishes">What the client asks of the session; null: nothing.</param>
    public async Task<Outcome<Session>> ConnectAsync(
        UserId user, DeviceId device, SessionToken token, ISessionConnection connection, ConnectWishes? wishes = null)
    {
        var outcome = await BeginAsync(user, device, token, connection, wishes ?? ConnectWishes.None);
        if (outcome.IsAccepted)
            _slow.Forget(user, device);
        return outcome;
    }

    private async Task<Outcome<Session>> BeginAsync(
        UserId user, DeviceId device, SessionToken token, ISessionConnection connection, ConnectWishes wishes)
    {
        if (TryResume(user, device, token, connection, wishes) is { } resumed)
            return resumed;
        if (await TryMoveAsync(user, device, token, connection, wishes) is { } moved)
            return moved;
        var session = NewSession(user, device, token, connection, wishes);
        if (_isDraining)
        {
            // Its user's session of another device, or the one that it comes back to, must not be taken over by it.
            Close(session, SentElsewhere(session));
            return session;
        }

        var budget = new CallBudget(clock);
        var greeting = Greeting(session, isResumed: false);
        var outcome = await LogInAsync(budget, session, greeting);

        // A client that is here counts for more than one that may come back.
        if (outcome.Refusal?.Code == ErrorCode.LoginRejected && _detached.TakeOldestOf(user) is { } waiting
            && await budget.OutlastsAsync(EndAsync(waiting)))
            outcome = await LogInAsync(budget, session, greeting);
        if (!outcome.IsAccepted)
            return outcome.As<Session>();
        if (_isStopping)
            SendElsewhere(session);
        return session;
    }

    private Session NewSession(
        UserId user, DeviceId device, SessionToken token, ISessionConnection? connection, ConnectWishes wishes)
    {
        var id = identity.NextSession();
        var outbox = new SessionOutbox(
            connection, outboxOptions.Value, clock, wishes.IsResumable, connection is null ? wishes.Received : 0)
        {
            OnOverflow = lost => _slow.Note(user, device, lost),
        };
        var limits = new SessionLimits(rateLimits.Value, clock, _userRates, user);
        var key = wishes.IsResumable ? SessionKey.New(id) : null;
        return new(id, user, device, token, connection, outbox, limits, clock)
        {
            Class = wishes.Class,
            Key = key,
            Record = key is null ? null : SessionRecord.Of(key.Secret),
            PresenceTimeout = wishes.PresenceTimeout ?? options.Value.PresenceTimeout,
        };
    }

    /// <summary>Tells the user's grain of a new session, and its client when there is a greeting.</summary>
    private async Task<Outcome<RouteStamp>> LogInAsync(CallBudget budget, Session session, ConnectionEvent? greeting)
    {
        var (user, token) = (session.User, session.Token);
        using var route = routes.EnterUser(user);
        lock (route.Route.Gate)
            route.Route.BeginConnect(session);
        var outcome = await caller.CallAsync(
            budget, route.Route,
            update => route.Route.Grain.ConnectAsync(new(
                update, new(session.Id, session.Device, token.ExpiresAt, [])
                {
                    Replaces = session.Replaces,
                    Timeout = session.PresenceTimeout,
                    Record = session.Record,
                    Class = session.Class,
                })),
            stamp => stamp,
            stamp =>
            {
                route.Route.CompleteConnect(session, stamp, greeting);
                session.WarnIfShort(null, token.ExpiresAt, clock.GetUtcNow());
            },
            ErrorCode.LoginTimeout);
        if (!outcome.IsAccepted)
        {
            lock (route.Route.Gate)
                route.Route.AbandonConnect(session);
            return outcome;
        }

        _sessions[session.Id] = session;
        GatewayMetrics.Sessions.Add(1);
        LogSessionOpened(logger, session.Id, user);
        ArmExpiry(session);
        return outcome;
    }

    /// <summary>Replaces the login token.</summary>
    /// <remarks><b>Errors:</b> <see cref="ErrorCode.DuplicateOperation"/>: it is the one in force.</remarks>
    public Task<Outcome<Done>> RenewTokenAsync(Session session, SessionToken token) =>
        session.Calls.ForLoginAsync<Done>(async budget =>
        {
            if (session.Token.Text == token.Text)
                return new Refusal(ErrorCode.DuplicateOperation, "This token is in force already.");
            using var route = routes.EnterUser(session.User);
            var outcome = await caller.CallAsync(
                budget, route.Route,
                update => route.Route.Grain.RenewTokenAsync(new(update, session.Id, token.ExpiresAt)),
                _ => null,
                _ =>
                {
                    session.Token = token;
                    session.WarnIfShort(null, token.ExpiresAt, clock.GetUtcNow());
                },
                ErrorCode.RenewTokenTimeout);
            if (outcome.IsAccepted)
                ArmExpiry(session);
            return outcome;
        });

    /// <summary>
    /// Ends a session at its client's wish: everything is withdrawn when this returns. The connection stays for the
    /// answer, and is closed after a moment when the client does not do so.
    /// </summary>
    public async Task LogoutAsync(Session session)
    {
        session.Outbox.Post(new ConnectionEvent(ConnectionState.Disconnected, ConnectionReason.Logout, "Logged out.")
        {
            CloseCode = DisconnectCode.LoggedOut,
        });
        await session.Outbox.FlushedAsync();
        await EndAsync(session, isLogout: true);
        _ = CloseLaterAsync(session);
    }

    /// <summary>
    /// Ends a session, whoever ended its connection: all that it wanted is withdrawn. A second call does nothing.
    /// </summary>
    /// <param name="session">Which.</param>
    /// <param name="isLogout">
    /// True when its client logged out: it has left its channels, and its locks go too; neither need time out.
    /// </param>
    public async Task EndAsync(Session session, bool isLogout = false)
    {
        if (!session.TryEnd())
            return;
        session.Outbox.Close();
        session.StopWaiting();
        _detached.Remove(session);
        session.ExpiryTimer?.Dispose();
        groups.Forget(session);
        if (_sessions.TryRemove(session.Id, out _))
            GatewayMetrics.Sessions.Add(-1);
        NoteLeft();
        LogSessionClosed(logger, session.Id, session.User);
        using var user = routes.EnterUser(session.User);
        IReadOnlyCollection<ChannelName> joined;
        IReadOnlyCollection<ChannelName> subscribed;
        lock (user.Route.Gate)
            (joined, subscribed) = user.Route.Remove(session);
        var forgotten = joined.SelectMany(channel => channels.Forget(session, channel))
            .Concat(subscribed.Select(channel => messageChannels.Forget(session, channel))).ToList();
        var budget = new CallBudget(clock);
        var outcome = await caller.CallAsync(
            budget, user.Route,
            update => user.Route.Grain.DisconnectAsync(new(update, session.Id)
            {
                End = isLogout ? PresenceEnd.Left : PresenceEnd.TimedOut,
            }),
            _ => null, _ => { });
        await feeds.EndAsync(budget, session, isLogout);
        // A user grain that could not be told leaves its rooms untold as well: each hears it from its own registration.
        channels.Release(forgotten, outcome.IsAccepted);
    }

    /// <summary>
    /// Closes the connections whose clients have not read or were not heard for too long, and ends the sessions without a
    /// connection that cannot be resumed, since too much has come that must arrive. Tidies what is kept of the others.
    /// </summary>
    public void CloseStalled()
    {
        foreach (var session in All)
        {
            CloseIfStalled(session);
            _ = records.PruneAsync(new(clock), session);
        }
    }

    /// <inheritdoc />
    public void OnLoginNotice(Session session, SessionNotice notice)
    {
        switch (notice.Kind)
        {
            case SessionNoticeKind.TakenOver:
                Close(session, new(
                    ConnectionState.Failed, ConnectionReason.SameUidLogin, "Another connection of this device took over.")
                {
                    CloseCode = DisconnectCode.Forced,
                });
                break;
            case SessionNoticeKind.Displaced:
                Close(session, new(
                    ConnectionState.Failed, ConnectionReason.SameUidLogin, "Another device of this class has logged in.")
                {
                    CloseCode = DisconnectCode.Forced,
                    Error = ErrorCode.RcDisconnKick,
                });
                break;
            case SessionNoticeKind.TokenWillExpire:
                var expiresAt = notice.ExpiresAt ?? session.Token.ExpiresAt;
                if (session.TryWarn(null, expiresAt))
                    session.Outbox.Post(new TokenEvent(false, null, expiresAt));
                break;
            case SessionNoticeKind.TokenExpired:
                CloseExpired(session);
                break;
        }
    }

    /// <inheritdoc />
    public void OnChannelNotice(Session session, ChannelName channel, SessionNotice notice)
    {
        var isExpired = notice.Kind == SessionNoticeKind.TokenExpired;
        var expiresAt = notice.ExpiresAt ?? clock.GetUtcNow();
        if (isExpired || session.TryWarn(channel, expiresAt))
            session.Outbox.Post(new TokenEvent(isExpired, channel, expiresAt));
        if (!isExpired)
            return;
        _ = channels.EndAsync(session, channel, ConnectionReason.TokenExpired, "The channel's token has expired.");
    }

    private void CloseIfStalled(Session session)
    {
        if (session.Connection is not { } connection)
        {
            if (session.Outbox.IsClosed)
                _ = EndAsync(session);
        }
        else if (session.Outbox.IsStalled)
        {
            LogSessionStalled(logger, session.Id, session.User);
            _slow.Note(session.User, session.Device, 0);
            connection.Close(DisconnectCode.SlowConsumer);
        }
        else if (connection.Silence > options.Value.SilenceMax)
        {
            session.SendAway(
                new(ConnectionState.Disconnected, ConnectionReason.Interrupted, "Nothing was heard of the client.")
                {
                    CloseCode = DisconnectCode.Silent,
                });
        }
    }

    private async Task CloseLaterAsync(Session session)
    {
        await Task.Delay(LogoutGrace, clock);
        session.Connection?.Close(DisconnectCode.LoggedOut);
    }

    /// <summary>Ends a session for a reason that its client is told, if it is there.</summary>
    private void Close(Session session, ConnectionEvent last)
    {
        if (!session.CloseWith(last))
            _ = EndAsync(session);
    }

    private void ArmExpiry(Session session)
    {
        var left = session.Token.ExpiresAt - clock.GetUtcNow();
        if (left < TimeSpan.Zero)
            left = TimeSpan.Zero;
        if (session.ExpiryTimer is { } timer)
            timer.Change(left, Timeout.InfiniteTimeSpan);
        else
            session.ExpiryTimer = clock.CreateTimer(_ => OnExpiry(session), null, left, Timeout.InfiniteTimeSpan);
    }

    /// <summary>
    /// The grain closes expired sessions; this is the net for a grain that is being moved at that moment.
    /// </summary>
    private void OnExpiry(Session session)
    {
        if (session.Token.ExpiresAt <= clock.GetUtcNow())
            CloseExpired(session);
        else
            ArmExpiry(session);
    }

    private void CloseExpired(Session session)
    {
        if (!session.TryBeginExpiry())
            return;
        session.Outbox.Post(new TokenEvent(true, null, session.Token.ExpiresAt));
        Close(session, new(ConnectionState.Failed, ConnectionReason.TokenExpired, "The token has expired.")
        {
            CloseCode = DisconnectCode.TokenExpired,
        });
    }

    [LoggerMessage(EventId = LogEventIds.SessionOpened, Level = LogLevel.Debug,
        Message = "Session {SessionId} of user {UserId} opened")]
    private static partial void LogSessionOpened(ILogger logger, SessionId sessionId, UserId userId);

    [LoggerMessage(EventId = LogEventIds.SessionClosed, Level = LogLevel.Debug,
        Message = "Session {SessionId} of user {UserId} closed")]
    private static partial void LogSessionClosed(ILogger logger, SessionId sessionId, UserId userId);

    [LoggerMessage(EventId = LogEventIds.SessionStalled, Level = LogLevel.Information,
        Message = "Session {SessionId} of user {UserId} did not read and is closed")]
    private static partial void LogSessionStalled(ILogger logger, SessionId sessionId, UserId userId);
}
