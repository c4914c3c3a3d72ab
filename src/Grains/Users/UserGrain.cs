using ImOrleans.Domain.Conversations;
using ImOrleans.Domain.Errors;
using ImOrleans.Domain.History;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Domain.Limits;
using ImOrleans.Domain.Messages;
using ImOrleans.Grains.Abstractions.Conversations;
using ImOrleans.Grains.Abstractions.Delivery;
using ImOrleans.Grains.Abstractions.Presence;
using ImOrleans.Grains.Abstractions.Rooms;
using ImOrleans.Grains.Abstractions.Sessions;
using ImOrleans.Grains.Abstractions.Users;
using ImOrleans.Grains.Delivery;
using ImOrleans.Grains.History;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ImOrleans.Grains.Users;

/// <summary>The grain of one user.</summary>
[GrainType("user")]
public sealed partial class UserGrain(
    FanoutFactory fanouts, HistoryKeeper history, IOptions<UserOptions> options, ILogger<UserGrain> logger)
    : RoutedGrain(fanouts, logger), IUserGrain
{
    private readonly ILogger _logger = logger;
    private readonly RisingUnixClock _sentAt = new(fanouts.Clock);
    private readonly UserState _state = new();
    private UserId _user;

    /// <inheritdoc />
    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        await base.OnActivateAsync(cancellationToken);
        _user = new(GrainKey.Split('u', Key)[0]);
    }

    /// <inheritdoc />
    public async Task<Outcome<RouteStamp>> ConnectAsync(ConnectRequest request)
    {
        if (await AdmitAsync(request.Route, request.Session.Id) is { } refusal)
            return refusal;
        if (UserRules.CheckConnect(
                _state, request.Session, options.Value.DevicesMax, options.Value.DevicePolicy,
                options.Value.RoomLoginsMax) is { } tooMany)
            return tooMany;
        var displaced = UserRules.Connect(_state, request.Session, options.Value.DevicePolicy);
        Fanout.Want(request.Route.Gateway);
        WakeBy(UserRules.NextDue(_state));
        TellTakenOver(displaced);
        await EndAsync(displaced, PresenceEnd.Left);
        return Fanout.StampFor(request.Route.Gateway.Id);
    }

    /// <inheritdoc />
    public async Task<Outcome<Done>> DisconnectAsync(DisconnectRequest request)
    {
        if (await AdmitAsync(request.Route, request.Session, CallReach.Removal) is { } refusal)
            return refusal;
        if (!_state.Logins.Remove(request.Session, out var login))
            return ErrorCode.NotLogin;
        return await EndAsync([login], request.End) ? default(Done) : ErrorCode.ChannelNotAvailable;
    }

    /// <inheritdoc />
    public async Task<Outcome<Done>> RenewTokenAsync(RenewTokenRequest request)
    {
        if (await AdmitAsync(request.Route, request.Session) is { } refusal)
            return refusal;
        if (!_state.Logins.TryGet(request.Session, out var login))
            return ErrorCode.NotLogin;
        login.SetToken(request.ExpiresAt);
        WakeBy(UserRules.DueOf(login));
        return default(Done);
    }

    /// <inheritdoc />
    public async Task<Outcome<RoomJoined>> JoinChannelAsync(JoinChannelRequest request)
    {
        if (await AdmitAsync(request.UserRoute, request.Session, CallReach.Part) is { } stale)
            return stale;
        if (UserRules.CheckJoin(_state, request.Session, request.Channel) is { } refusal)
            return refusal;
        var room = Room(request.Channel);
        Outcome<RoomJoined> joined;
        try
        {
            joined = await room.JoinAsync(
                new(request.RoomRoute, request.Session, _user, request.ChannelTokenExpiresAt)
                {
                    Presence = request.Presence,
                });
        }
        catch (Exception)
        {
            // The room may have let it in without our knowing: undo it, under the number of the join, so that a join
            // which is still under way comes too late. The caller gets the failure.
            _ = LeaveQuietlyAsync(room, request.Channel, new(request.RoomRoute, request.Session));
            throw;
        }

        if (joined.IsAccepted && _state.Logins.TryGet(request.Session, out var login))
        {
            login.Channels.Add(request.Channel);
            login.Record = login.Record?.In(ChannelType.Stream, request.Channel, request.WithData);
            if (request.Presence.IsQuiet)
                login.Quiet.Add(GrainKey.StreamChannel(request.Channel));
        }

        return joined;
    }

    /// <inheritdoc />
    public async Task<Outcome<Done>> LeaveChannelAsync(LeaveChannelRequest request)
    {
        if (await AdmitAsync(request.UserRoute, request.Session, CallReach.Part) is { } stale)
            return stale;
        if (!_state.Logins.TryGet(request.Session, out var login) || !login.Channels.Contains(request.Channel))
            return ErrorCode.ChannelNotJoined;
        var left = await Room(request.Channel).LeaveAsync(new(request.RoomRoute, request.Session));

        // A room that does not know the session has lost it already, which is what was asked for; its topics may not have.
        if (left.Refusal?.Code != ErrorCode.RouteStale)
        {
            login.Channels.Remove(request.Channel);
            login.Quiet.Remove(GrainKey.StreamChannel(request.Channel));
        }

        return left;
    }

    /// <inheritdoc />
    public Task<WhereNow> WhereNowAsync() => Task.FromResult(UserRules.WhereNow(_state));

    /// <inheritdoc />
    /// <remarks>
    /// Interleaves with every other call: it reads which outboxes are open, adds to them, and waits for their answers.
    /// It
    /// changes nothing that another turn relies on.
    /// </remarks>
    public async Task<Outcome<UserMessageSent>> SendAsync(SendUserMessageRequest request)
    {
        var sentAt = _sentAt.Now();
        var message = new UserMessage(Fanout.NextSequence(), request.Publisher, request.Payload, sentAt);
        if (Fanout.SendForReceipt(message) is not { } receipt)
            return ErrorCode.ChannelReceiverOffline;
        return await VerdictAsync(receipt) switch
        {
            DeliveryVerdict.Reached => new UserMessageSent(sentAt),
            DeliveryVerdict.Nobody => ErrorCode.ChannelReceiverOffline,
            DeliveryVerdict.Dropped => ErrorCode.ChannelPublishMessageFailed,
            _ => ErrorCode.ChannelPublishMessageTimeout,
        };
    }

    /// <inheritdoc />
    /// <remarks>Interleaves as <see cref="SendAsync"/>. It is handed to the store in the step in which it is sent.</remarks>
    public async Task<Outcome<UserMessageSent>> SendStoredAsync(SendUserMessageRequest request)
    {
        if (history.Unavailable is { } unavailable)
            return unavailable;
        if (!_sentAt.TryNext(HistoryLimits.AheadMax, out var sentAt, out var retryAfter))
            return HistoryKeeper.TooMany(retryAfter);
        var message = new UserMessage(Fanout.NextSequence(), request.Publisher, request.Payload, sentAt);
        var receipt = Fanout.SendForReceipt(message);
        var storing = history.StoreAsync(
            HistoryKey.Of(_user), new(new(Fanout.Epoch, message.Sequence), request.Publisher, request.Payload, sentAt));
        var verdict = receipt is null ? DeliveryVerdict.Nobody : await VerdictAsync(receipt);
        var stored = await storing;
        return stored.IsAccepted
            ? new UserMessageSent(stored.Value) { IsDelivered = verdict == DeliveryVerdict.Reached }
            : stored.As<UserMessageSent>();
    }

    /// <inheritdoc />
    public Task<Outcome<HistoryPage>> GetMessagesAsync(HistoryQuery query) =>
        history.ReadAsync(HistoryKey.Of(_user), query);

    /// <inheritdoc />
    public Task<SessionContent?> DescribeSessionAsync(SessionClaim claim) =>
        GatewayOf(claim.Session)?.DescribeSessionAsync(claim) ?? Task.FromResult<SessionContent?>(null);

    /// <inheritdoc />
    public async Task<SessionRest?> TakeSessionAsync(TakeSessionRequest request)
    {
        var session = request.Claim.Session;
        return GatewayOf(session) is { } gateway && await Fanout.MarkAsync(session.Gateway)
            ? await gateway.TakeSessionAsync(request)
            : null;
    }

    /// <inheritdoc />
    public Task PushAsync(ConversationPush push)
    {
        Fanout.SendToAll(push with { Sequence = Fanout.NextSequence() });
        return Task.CompletedTask;
    }

    /// <inheritdoc />
    public Task TellStatusAsync(ConversationStatus status)
    {
        Fanout.SendToAll(status with { Sequence = Fanout.NextSequence() });
        return Task.CompletedTask;
    }

    /// <inheritdoc />
    public Task TellJoinedAsync(ConversationKey group, long joinedSeq)
    {
        Fanout.SendToAll(new GroupJoined(Fanout.NextSequence(), group, joinedSeq));
        return Task.CompletedTask;
    }

    /// <inheritdoc />
    public async Task<Outcome<RouteStamp>> RegisterAsync(UserRegistration registration)
    {
        if (await AdmitAsync(registration.Route) is { } refusal)
            return refusal;
        var gateway = registration.Route.Gateway;
        var registered = UserRules.Register(_state, gateway.Id, registration.Sessions, options.Value.DevicePolicy);
        if (!registration.Sessions.IsEmpty)
            Fanout.Want(gateway);
        WakeBy(UserRules.NextDue(_state));
        TellTakenOver(registered.Displaced);
        await EndAsync([.. registered.Gone, .. registered.Displaced], PresenceEnd.Left);
        return Fanout.StampFor(gateway.Id);
    }

    /// <inheritdoc />
    public Task<bool> CheckAsync(RouteCheck check)
    {
        var held = _state.Logins.Of(check.Gateway).Select(login => login.ToSession());
        return Task.FromResult(Fanout.IsServing(check) && check.Digest == UserRegistration.DigestOf(held));
    }

    private protected override DateTimeOffset? NextDue() => UserRules.NextDue(_state);

    private protected override async Task OnDueAsync(DateTimeOffset now)
    {
        var due = UserRules.TakeDue(_state, now);
        foreach (var login in due.Warned)
            Tell(login, SessionNoticeKind.TokenWillExpire, login.TokenExpiresAt);
        foreach (var login in due.Expired)
        {
            LogTokenExpired(Key, login.Id);
            ForgetData(login);
            Tell(login, SessionNoticeKind.TokenExpired, login.TokenExpiresAt);
        }

        await EndAsync(due.Expired, PresenceEnd.Left);
    }

    private protected override async Task ForgetAsync(GatewayId gateway, GatewayLoss loss)
    {
        var logins = _state.Logins.Of(gateway);
        LogGatewayLost(Key, gateway, loss, logins.Count);
        var gone = logins.Where(login => !TryKeepAway(login.Id, loss, login.Timeout)).ToArray();
        foreach (var login in gone)
            _state.Logins.Remove(login.Id, out _);
        await EndAsync(gone, PresenceEnd.TimedOut);
    }

    private void TellTakenOver(IReadOnlyList<UserLogin> displaced, SessionNoticeKind? known = null)
    {
        foreach (var login in displaced)
        {
            LogTakenOver(Key, login.Id);
            ForgetData(login);
            Tell(login, known ?? UserRules.NoticeOf(_state, login), null);
        }
    }

    private void Tell(UserLogin login, SessionNoticeKind kind, DateTimeOffset? expiresAt) =>
        Fanout.Send(login.Id.Gateway, new SessionNotice(Fanout.NextSequence(), login.Id, kind, expiresAt));

    /// <summary>
    /// Does what is left to do for logins that were taken out: their channels, and their gateway's outbox. False when not
    /// all rooms, topics and message channels could be told.
    /// </summary>
    private async Task<bool> EndAsync(IReadOnlyList<UserLogin> logins, PresenceEnd end)
    {
        foreach (var login in logins)
        {
            Fanout.NoteRemoval(login.Id);
            if (!_state.Logins.HasAny(login.Id.Gateway))
                Fanout.Retire(login.Id.Gateway);
        }

        var told = await Task.WhenAll(logins.SelectMany(login => login.Channels
            .Select(channel => LeaveQuietlyAsync(Room(channel), channel, new(null, login.Id) { End = end }))
            .Concat(login.Subscriptions.Select(channel => UnsubscribeQuietlyAsync(channel, new(null, login.Id) { End = end })))));
        return Array.TrueForAll(told, isTold => isTold);
    }

    /// <summary>
    /// Leaves a room. False when that or its topics could not be told: the session's gateway states anew what it has there.
    /// </summary>
    private async Task<bool> LeaveQuietlyAsync(IRoomGrain room, ChannelName channel, RoomLeaveRequest request)
    {
        try
        {
            return (await room.LeaveAsync(request)).IsAccepted;
        }
        catch (Exception exception)
        {
            LogLeaveFailed(Key, channel, request.Session, exception);
            return false;
        }
    }

    private async Task<DeliveryVerdict> VerdictAsync(DeliveryReceipt receipt)
    {
        try
        {
            return await receipt.Verdict.WaitAsync(options.Value.SendWait, Clock);
        }
        catch (TimeoutException)
        {
            return DeliveryVerdict.Unknown;
        }
    }

    private IGatewayObserver? GatewayOf(SessionId session) =>
        _state.Logins.TryGet(session, out _) ? Fanout.Outbox(session.Gateway)?.Observer : null;

    private IRoomGrain Room(ChannelName channel) => GrainFactory.GetGrain<IRoomGrain>(GrainKey.StreamChannel(channel));
}
