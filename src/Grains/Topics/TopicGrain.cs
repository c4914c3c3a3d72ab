using System.Collections.Immutable;
using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Domain.Limits;
using ImOrleans.Grains.Abstractions.Delivery;
using ImOrleans.Grains.Abstractions.Sessions;
using ImOrleans.Grains.Abstractions.Topics;
using ImOrleans.Grains.Delivery;
using Microsoft.Extensions.Logging;

namespace ImOrleans.Grains.Topics;

/// <summary>The grain of one topic of a stream channel.</summary>
[GrainType("topic")]
public sealed partial class TopicGrain(FanoutFactory fanouts, ILogger<TopicGrain> logger)
    : RoutedGrain(fanouts, logger), ITopicGrain
{
    /// <summary>
    /// How long a session of a dead gateway stays. The room knows when it is over and says so before, unless it is lost too.
    /// </summary>
    private static readonly TimeSpan RoomPatience = RtmLimits.PresenceTimeoutMax + TimeSpan.FromMinutes(1);

    private readonly ILogger _logger = logger;
    private readonly RisingUnixClock _sentAt = new(fanouts.Clock);
    private readonly TopicState _state = new();

    // The outboxes that want each publisher, kept from publish to publish. Stale as soon as either version moves.
    private readonly Dictionary<UserId, GatewayOutbox[]> _targets = [];
    private (int Interest, int Outboxes) _targetsVersion;

    /// <inheritdoc />
    public async Task<Outcome<RouteStamp>> AddPublisherAsync(AddPublisherRequest request)
    {
        if (await AdmitAsync(request.Route, request.Publisher.Session) is { } stale)
            return stale;
        TopicRules.AddPublisher(_state, request.Publisher, request.Route.Generation);
        Welcome(request.Route.Gateway);
        return Fanout.StampFor(request.Route.Gateway.Id);
    }

    /// <inheritdoc />
    public async Task<Outcome<Done>> RemovePublisherAsync(RouteUpdate route, SessionId session)
    {
        if (await AdmitAsync(route, session, CallReach.Removal) is { } stale)
            return stale;
        TopicRules.RemovePublisher(_state, session);
        RetireIfDone(session.Gateway);
        return default(Done);
    }

    /// <inheritdoc />
    public async Task<Outcome<TopicSubscribed>> SubscribeAsync(TopicSubscribeRequest request)
    {
        if (await AdmitAsync(request.Route, request.Session) is { } stale)
            return stale;
        var followed = TopicRules.Subscribe(_state, request.Session, request.Users);
        if (!followed.IsAccepted)
            return followed.As<TopicSubscribed>();
        if (followed.Value.FollowedCount > 0)
            Welcome(request.Route.Gateway);
        return new TopicSubscribed(
            Fanout.StampFor(request.Route.Gateway.Id), followed.Value.Succeeded, followed.Value.Failed, followed.Value.FollowedCount);
    }

    /// <inheritdoc />
    public async Task<Outcome<int>> UnsubscribeAsync(RouteUpdate route, SessionId session, ImmutableArray<UserId> users)
    {
        if (await AdmitAsync(route, session) is { } stale)
            return stale;
        var remaining = TopicRules.Unsubscribe(_state, session, users);
        RetireIfDone(session.Gateway);
        return remaining;
    }

    /// <inheritdoc />
    public Task<Outcome<SubscribedUsers>> GetSubscribedUsersAsync(RouteUpdate route, SessionId session)
    {
        Outcome<SubscribedUsers> answer = Fanout.IsMeant(route)
            ? new SubscribedUsers(_state.Sessions.TryGet(session, out var known) ? [.. known.Followed.Keys] : [])
            : Fanout.Stale;
        return Task.FromResult(answer);
    }

    /// <inheritdoc />
    public async Task RemoveSessionAsync(SessionId session)
    {
        await SettleAsync();
        Fanout.NoteRemoval(session);
        TopicRules.RemoveSession(_state, session);
        RetireIfDone(session.Gateway);
    }

    /// <inheritdoc />
    public Task<Outcome<TopicPublished>> PublishAsync(PublishTopicRequest request) =>
        Task.FromResult(Publish(request));

    /// <inheritdoc />
    public Task<bool> MarkAsync(GatewayId gateway) => Fanout.MarkAsync(gateway);

    /// <inheritdoc />
    public Task<ContentTopic?> DescribeSessionAsync(SessionId session) => Task.FromResult<ContentTopic?>(
        _state.Sessions.TryGet(session, out var known)
            ? new(new(GrainKey.Split('t', Key)[1]), known.Publisher?.Role, [.. known.Followed.Keys])
            : null);

    /// <inheritdoc />
    public async Task<Outcome<RouteStamp>> RegisterAsync(TopicRegistration registration)
    {
        if (await AdmitAsync(registration.Route) is { } stale)
            return stale;
        var gateway = registration.Route.Gateway;
        TopicRules.Register(
            _state, gateway.Id, registration.Route.Generation, registration.Publishers, registration.Subscriptions);
        if (_state.Sessions.HasAny(gateway.Id))
            Welcome(gateway);
        else
            Fanout.Retire(gateway.Id);
        return Fanout.StampFor(gateway.Id);
    }

    /// <inheritdoc />
    public Task<bool> CheckAsync(RouteCheck check)
    {
        var held = _state.Sessions.Of(check.Gateway);
        var digest = TopicRegistration.DigestOf(
            held.Select(session => session.Publisher).OfType<TopicPublisher>(),
            held.Where(session => session.Followed.Count > 0)
                .Select(session => new TopicSubscription(session.Id, [.. session.Followed.Keys])));
        return Task.FromResult(Fanout.IsServing(check) && check.Digest == digest);
    }

    private protected override Task ForgetAsync(GatewayId gateway, GatewayLoss loss)
    {
        var sessions = _state.Sessions.Of(gateway);
        LogGatewayLost(Key, gateway, loss, sessions.Count);
        Remove(sessions
            .Select(session => session.Id)
            .Where(session => !TryKeepAway(session, loss, RoomPatience)));
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
            TopicRules.RemoveSession(_state, session);
        }
    }

    private Outcome<TopicPublished> Publish(PublishTopicRequest request)
    {
        if (request.Epoch != Fanout.Epoch || Fanout.IsLost(request.Session.Gateway))
            return Fanout.Stale;
        if (!_state.Sessions.TryGet(request.Session, out var session) || session.Publisher is not { } publisher)
            return ErrorCode.ChannelTopicNotJoined;
        if (!TopicRules.TryTakeNumber(session, request.Number))
            return Fanout.Stale;
        var sentAt = _sentAt.Now();
        var message = new TopicMessage(
            Fanout.NextSequence(), publisher.User, request.Payload, sentAt, request.SenderTs, publisher.Role.Priority);
        foreach (var outbox in TargetsOf(publisher.User))
            outbox.Enqueue(message);
        return new TopicPublished(sentAt);
    }

    private GatewayOutbox[] TargetsOf(UserId publisher)
    {
        var version = (_state.InterestVersion, Fanout.Version);
        if (_targetsVersion != version)
        {
            _targets.Clear();
            _targetsVersion = version;
        }

        if (!_targets.TryGetValue(publisher, out var targets))
            _targets[publisher] = targets = _state.Interest.TryGetValue(publisher, out var gateways)
                ? [.. gateways.Keys.Select(Fanout.Outbox).OfType<GatewayOutbox>()]
                : [];
        return targets;
    }

    private void Welcome(GatewayRef gateway)
    {
        Fanout.Want(gateway);
        WakeBy(null);
    }

    private void RetireIfDone(GatewayId gateway)
    {
        if (!_state.Sessions.HasAny(gateway))
            Fanout.Retire(gateway);
    }
}
