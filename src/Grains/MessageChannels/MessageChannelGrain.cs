using System.Globalization;
using ImOrleans.Domain.Delivery;
using ImOrleans.Domain.Errors;
using ImOrleans.Domain.History;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Domain.Limits;
using ImOrleans.Domain.Messages;
using ImOrleans.Grains.Abstractions.Delivery;
using ImOrleans.Grains.Abstractions.MessageChannels;
using ImOrleans.Grains.Abstractions.Presence;
using ImOrleans.Grains.Abstractions.Sessions;
using ImOrleans.Grains.Delivery;
using ImOrleans.Grains.History;
using ImOrleans.Grains.Presence;
using ImOrleans.Grains.Rooms;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ImOrleans.Grains.MessageChannels;

/// <summary>The grain of one message channel.</summary>
[GrainType("messagechannel")]
public sealed partial class MessageChannelGrain(
    FanoutFactory fanouts, HistoryKeeper history, IOptions<MessageChannelOptions> options,
    IOptions<PresenceOptions> presenceOptions, ILogger<MessageChannelGrain> logger)
    : RoutedGrain(fanouts, logger), IMessageChannelGrain
{
    /// <summary>How often the end of an activation is put off, at most: it need not be with each message.</summary>
    private static readonly TimeSpan StayPeriod = TimeSpan.FromMinutes(1);

    private readonly ILogger _logger = logger;
    private readonly RisingUnixClock _sentAt = new(fanouts.Clock);
    private readonly RoomRecovery _recovery = new(fanouts.Clock.GetUtcNow(), options.Value.RecoveryWindow);
    private readonly MessageChannelState _state = new();
    private readonly RecentMessages _recent =
        new(options.Value.RecentMessagesMax, options.Value.RecentBytesMax, options.Value.RecentAgeMax);

    private readonly PublishedKeys _keys = new(options.Value.PublishedKeysMax, options.Value.PublishedKeyAgeMax);

    // The numbers of the last messages of sessions, subscribed or not.
    private readonly GenerationLedger _published = new();
    private readonly OverSessions _over = new();
    private HistoryKey _historyKey;
    private TokenBucket _rate = new(options.Value.MessagesPerSecond);
    private ChannelPresence _presence = null!;
    private long? _stayAskedAt;

    // The outboxes that want messages, kept from publish to publish. Stale as soon as either version moves.
    private GatewayOutbox[] _targets = [];
    private (int Interest, int Outboxes) _targetsVersion = (-1, -1);

    private MessagePosition Position => new(Fanout.Epoch, _recent.LastOffset);

    /// <inheritdoc />
    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        await base.OnActivateAsync(cancellationToken);
        _historyKey = HistoryKey.Of(new ChannelName(GrainKey.Split('m', Key)[0]));
        _presence = new(Fanout, Clock, presenceOptions.Value, () => _recovery.EndsAt is not null);
    }

    /// <inheritdoc />
    public async Task<Outcome<ChannelSubscribed>> SubscribeAsync(ChannelSubscribeRequest request)
    {
        var subscription = request.Subscription;
        if (await EnterAsync(request.Route, subscription.Session) is { } stale)
            return stale;
        if (MessageChannelRules.CheckSubscribe(_state, subscription.Session, options.Value.SubscribersMax) is { } full)
            return full;
        MessageChannelRules.Subscribe(_state, subscription);
        Welcome(request.Route.Gateway);
        var presence = _presence.Enter(subscription.Session, subscription.User, subscription.Presence);
        WakeBy(NextDue());
        var subscribed = new ChannelSubscribed(Fanout.StampFor(request.Route.Gateway.Id), Position, null, [])
        {
            Presence = presence,
        };
        if (request.Since is not { } since || !subscription.Feeds.HasFlag(ChannelFeeds.Messages))
            return subscribed;
        var isRecovered = _recent.TryReplay(since.Offset, _sentAt.Now(), out var missed) && since.Epoch == Fanout.Epoch;
        return subscribed with { IsRecovered = isRecovered, Missed = isRecovered ? missed : [] };
    }

    /// <inheritdoc />
    public async Task<Outcome<Done>> UnsubscribeAsync(ChannelUnsubscribeRequest request)
    {
        if (request.Route is null)
            await SettleAsync();
        else if (await EnterAsync(request.Route, request.Session, CallReach.Removal) is { } stale)
            return stale;
        Fanout.NoteRemoval(request.Session);
        if (!MessageChannelRules.Unsubscribe(_state, request.Session))
            return ErrorCode.ChannelNotSubscribed;
        _presence.Leave(request.Session, request.End);
        WakeBy(NextDue());
        RetireIfDone(request.Session.Gateway);
        return default(Done);
    }

    /// <inheritdoc />
    public Task<Outcome<MessagePublished>> PublishAsync(PublishMessageRequest request) =>
        Task.FromResult(Repeated(request) is { } first ? first.Answer : Publish(request, _sentAt.Now()));

    /// <inheritdoc />
    /// <remarks>
    /// It is taken in one step, as any publish, and then waits for the store beside the turns of the grain: what it
    /// interleaves with may not have ended its own step, but nothing of this grain is left half changed at an await.
    /// </remarks>
    public Task<Outcome<MessagePublished>> PublishStoredAsync(PublishMessageRequest request)
    {
        if (history.Unavailable is { } unavailable)
            return Task.FromResult<Outcome<MessagePublished>>(unavailable);
        if (Repeated(request) is { } first)
            return first.Storing switch
            {
                null => Task.FromResult<Outcome<MessagePublished>>(first.Answer),
                { IsCompletedSuccessfully: true, Result.IsAccepted: false } =>
                    first.Storing = StoreAsync(request, first.Answer, mayBeStored: true),
                var storing => storing,
            };
        if (!_sentAt.TryNext(HistoryLimits.AheadMax, out var sentAt, out var retryAfter))
            return Task.FromResult<Outcome<MessagePublished>>(HistoryKeeper.TooMany(retryAfter));
        var published = Publish(request, sentAt);
        if (!published.IsAccepted)
            return Task.FromResult(published);
        var stored = StoreAsync(request, published.Value, mayBeStored: false);
        if (Repeated(request) is { } known)
            known.Storing = stored;
        return stored;
    }

    /// <inheritdoc />
    public Task<Outcome<HistoryPage>> GetMessagesAsync(HistoryQuery query) => history.ReadAsync(_historyKey, query);

    /// <inheritdoc />
    public Task<long> GetEpochAsync() => Task.FromResult(Fanout.Epoch);

    /// <inheritdoc />
    public Task<int> CountSubscribersAsync() => Task.FromResult(_state.Subscriptions.Count);

    /// <inheritdoc />
    public Task<bool> MarkAsync(GatewayId gateway) => Fanout.MarkAsync(gateway);

    /// <inheritdoc />
    public Task<ContentSubscription?> DescribeSessionAsync(SessionId session) => Task.FromResult<ContentSubscription?>(
        _state.Subscriptions.TryGet(session, out var known)
            ? new(new(GrainKey.Split('m', Key)[0]), known.Feeds) { IsQuiet = known.Presence.IsQuiet }
            : null);

    /// <inheritdoc />
    public async Task<Outcome<RouteStamp>> RegisterAsync(MessageChannelRegistration registration)
    {
        _recovery.Contact(true, !Fanout.IsMeant(registration.Route), Clock.GetUtcNow());
        if (await AdmitAsync(registration.Route) is { } stale)
            return stale;
        var gateway = registration.Route.Gateway;
        var (gone, hasMissed) = MessageChannelRules.Register(_state, gateway.Id, registration.Subscriptions);
        foreach (var subscription in gone)
            _presence.Leave(subscription.Session, PresenceEnd.Left);
        foreach (var stated in registration.Subscriptions)
            hasMissed |= _presence.Restore(stated.Session, stated.User, stated.Presence);
        if (_state.Subscriptions.HasAny(gateway.Id))
            hasMissed |= Welcome(gateway);
        else
            Fanout.Retire(gateway.Id);
        if (hasMissed && _recovery.EndsAt is null)
            _presence.TellAgain(gateway.Id);
        WakeBy(NextDue());
        return Fanout.StampFor(gateway.Id);
    }

    /// <inheritdoc />
    public Task<bool> CheckAsync(RouteCheck check)
    {
        var digest = MessageChannelRegistration.DigestOf(_state.Subscriptions.Of(check.Gateway));
        return Task.FromResult(Fanout.IsServing(check) && check.Digest == digest);
    }

    /// <inheritdoc />
    public async Task<Outcome<PresenceState>> ChangeStateAsync(ChangeStateRequest request)
    {
        if (await EnterAsync(request.Route, request.Session) is { } stale)
            return stale;
        var changed = _presence.ChangeState(request);
        WakeBy(NextDue());
        return changed;
    }

    /// <inheritdoc />
    public Task<Outcome<PresenceState>> GetStateAsync(UserId user) => Task.FromResult(_presence.StateOf(user));

    /// <inheritdoc />
    public Task<Outcome<WhoNow>> WhoNowAsync(WhoNowRequest request) => Task.FromResult(_presence.WhoNow(request));

    private protected override DateTimeOffset? NextDue() =>
        _presence.NextDue() is { } due && !(_recovery.EndsAt < due) ? due : _recovery.EndsAt;

    private protected override Task OnDueAsync(DateTimeOffset now)
    {
        if (_recovery.TryFinish(now))
            _presence.TellAll();
        _presence.OnDue();
        _recent.Trim(_sentAt.Now());
        _keys.Trim(_sentAt.Now());
        return Task.CompletedTask;
    }

    private protected override Task ForgetAsync(GatewayId gateway, GatewayLoss loss)
    {
        var subscriptions = _state.Subscriptions.Of(gateway);
        LogGatewayLost(Key, gateway, loss, subscriptions.Count);
        Remove(subscriptions
            .Where(subscription => !TryKeepAway(subscription.Session, loss, subscription.Presence.Timeout))
            .Select(subscription => subscription.Session));
        RetireIfDone(gateway);
        return Task.CompletedTask;
    }

    private protected override Task EndAwayAsync(IReadOnlyList<SessionId> sessions)
    {
        Remove(sessions);
        return Task.CompletedTask;
    }

    private void Remove(IEnumerable<SessionId> sessions)
    {
        foreach (var session in sessions)
        {
            Fanout.NoteRemoval(session);
            MessageChannelRules.Unsubscribe(_state, session);
            _presence.Leave(session, PresenceEnd.TimedOut);
        }

        WakeBy(NextDue());
    }

    private ValueTask<Refusal?> EnterAsync(
        RouteUpdate route, SessionId session, CallReach reach = CallReach.Session)
    {
        _recovery.Contact(false, !Fanout.IsMeant(route), Clock.GetUtcNow());
        return AdmitAsync(route, session, reach);
    }

    /// <summary>The publish that this one repeats; null when it is the first of its key.</summary>
    private PublishedKey? Repeated(PublishMessageRequest request) => request.IdempotencyKey is { } key
        ? _keys.Find(request.Publisher, key, _sentAt.Now())
        : null;

    private async Task<Outcome<MessagePublished>> StoreAsync(
        PublishMessageRequest request, MessagePublished published, bool mayBeStored)
    {
        var stored = await history.StoreAsync(
            _historyKey, new(published.Position, request.Publisher, request.Payload, published.SentAtUnixMs), mayBeStored);
        return stored.IsAccepted ? published with { SentAtUnixMs = stored.Value } : stored.As<MessagePublished>();
    }

    private Outcome<MessagePublished> Publish(PublishMessageRequest request, long sentAt)
    {
        foreach (var over in request.Over)
            _over.Add(over);
        if (request.Epoch != Fanout.Epoch || _over.Contains(request.Session)
            || !_published.TryAdmit(request.Session.Gateway, request.Session, request.Number, CallReach.Session))
            return Fanout.Stale;
        if (options.Value.MessagesPerSecond > 0 && !_rate.TryTake(Clock, out var retryAfter))
            return new Refusal(ErrorCode.ChannelPublishMessageTooFrequent, string.Create(
                CultureInfo.InvariantCulture,
                $"The channel takes at most {options.Value.MessagesPerSecond} messages a second."), retryAfter);
        var message = new ChannelMessage(
            Fanout.NextSequence(), _recent.LastOffset + 1, request.Publisher, request.Payload, sentAt)
        {
            Level = request.Level,
        };
        _recent.Add(message);
        foreach (var outbox in Targets())
            outbox.Enqueue(message);
        var published = new MessagePublished(Position, sentAt);
        if (request.IdempotencyKey is { } key)
            _keys.Add(request.Publisher, key, new(published));
        Stay();
        return published;
    }

    private GatewayOutbox[] Targets()
    {
        var version = (_state.Interest.Version, Fanout.Version);
        if (_targetsVersion != version)
        {
            _targets = [.. _state.Interest.In(ChannelFeeds.Messages).Select(Fanout.Outbox).OfType<GatewayOutbox>()];
            _targetsVersion = version;
        }

        return _targets;
    }

    /// <summary>Keeps an activation without subscribers alive for as long as it has something to remember.</summary>
    private void Stay()
    {
        if (_stayAskedAt is { } askedAt && Clock.GetElapsedTime(askedAt) < StayPeriod)
            return;
        _stayAskedAt = Clock.GetTimestamp();
        var (recent, keys) = (options.Value.RecentAgeMax, options.Value.PublishedKeyAgeMax);
        DelayDeactivation((recent > keys ? recent : keys) + StayPeriod);
    }

    private bool Welcome(GatewayRef gateway)
    {
        WakeBy(null);
        return Fanout.Want(gateway);
    }

    private void RetireIfDone(GatewayId gateway)
    {
        if (!_state.Subscriptions.HasAny(gateway))
            Fanout.Retire(gateway);
    }
}
