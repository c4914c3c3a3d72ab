using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Grains.Abstractions.Delivery;
using ImOrleans.Grains.Abstractions.Presence;
using ImOrleans.Grains.Abstractions.Rooms;
using ImOrleans.Grains.Abstractions.Sessions;
using ImOrleans.Grains.Abstractions.Topics;
using ImOrleans.Grains.Delivery;
using ImOrleans.Grains.Presence;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ImOrleans.Grains.Rooms;

/// <summary>The grain of one stream channel.</summary>
[GrainType("room")]
public sealed partial class RoomGrain(
    FanoutFactory fanouts, IOptions<RoomOptions> options, IOptions<PresenceOptions> presenceOptions,
    ILogger<RoomGrain> logger)
    : RoutedGrain(fanouts, logger), IRoomGrain
{
    private readonly ILogger _logger = logger;
    private readonly RoomRecovery _recovery = new(fanouts.Clock.GetUtcNow(), options.Value.RecoveryWindow);
    private readonly RoomState _state = new();
    private ChannelName _channel;
    private ChannelPresence _presence = null!;

    /// <inheritdoc />
    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        await base.OnActivateAsync(cancellationToken);
        _channel = new(GrainKey.Split('s', Key)[0]);
        _presence = new(Fanout, Clock, presenceOptions.Value, () => _recovery.EndsAt is not null);
    }

    /// <inheritdoc />
    public async Task<Outcome<RoomJoined>> JoinAsync(RoomJoinRequest request)
    {
        if (await EnterAsync(request.Route, request.Session) is { } stale)
            return stale;
        if (RoomRules.CheckJoin(_state, request.Session, request.User, options.Value.MembersMax) is { } refusal)
            return refusal;
        var member = RoomRules.Join(_state, request.Session, request.User, request.TokenExpiresAt);
        member.Timeout = request.Presence.Timeout;
        Fanout.Want(request.Route.Gateway);
        var presence = _presence.Enter(request.Session, request.User, request.Presence);
        WakeBy(member.TokenDueAt);
        WakeBy(_presence.NextDue());
        return new RoomJoined(Fanout.StampFor(request.Route.Gateway.Id), RoomRules.Snapshot(_state))
        {
            Presence = presence,
        };
    }

    /// <inheritdoc />
    public async Task<Outcome<Done>> LeaveAsync(RoomLeaveRequest request)
    {
        if (request.Route is null)
            await SettleAsync();
        else if (await EnterAsync(request.Route, request.Session, CallReach.Removal) is { } stale)
            return stale;
        Fanout.NoteRemoval(request.Session);
        if (!_state.Members.TryGet(request.Session, out var member))
            return ErrorCode.ChannelNotJoined;
        Remove([member], request.End);
        return await ClearTopicsAsync([member]) ? default(Done) : ErrorCode.ChannelNotAvailable;
    }

    /// <inheritdoc />
    public async Task<Outcome<RouteStamp>> JoinTopicAsync(JoinTopicRequest request)
    {
        if (await EnterAsync(request.RoomRoute, request.Session, CallReach.Part) is { } stale)
            return stale;
        var member = RoomRules.CheckJoinTopic(_state, request.Session, request.Topic);
        if (!member.IsAccepted)
            return member.As<RouteStamp>();
        var topic = Topic(request.Topic);
        Outcome<RouteStamp> added;
        try
        {
            added = await topic.AddPublisherAsync(
                new(request.TopicRoute, new(request.Session, member.Value.User, request.Role)));
        }
        catch (Exception)
        {
            // The topic may have taken it without our knowing: undo it under the number of the call, so that one which
            // is still under way comes too late. The caller gets the failure.
            _ = QuietlyAsync(topic.RemovePublisherAsync(request.TopicRoute, request.Session), request.Topic);
            throw;
        }

        if (added.IsAccepted)
            Tell(RoomRules.AddRole(_state, member.Value, request.Topic));
        return added;
    }

    /// <inheritdoc />
    public async Task<Outcome<Done>> LeaveTopicAsync(LeaveTopicRequest request)
    {
        if (await EnterAsync(request.RoomRoute, request.Session, CallReach.Part) is { } stale)
            return stale;
        var member = RoomRules.CheckLeaveTopic(_state, request.Session, request.Topic);
        if (!member.IsAccepted)
            return member.As<Done>();
        var removed = await Topic(request.Topic).RemovePublisherAsync(request.TopicRoute, request.Session);
        if (removed.IsAccepted)
            Tell(RoomRules.RemoveRole(_state, member.Value, request.Topic));
        return removed;
    }

    /// <inheritdoc />
    public async Task<Outcome<TopicSubscribed>> SubscribeTopicAsync(SubscribeTopicRequest request)
    {
        if (await EnterAsync(request.RoomRoute, request.Session, CallReach.Part) is { } stale)
            return stale;
        var member = RoomRules.CheckSubscribe(_state, request.Session, request.Topic);
        if (!member.IsAccepted)
            return member.As<TopicSubscribed>();
        var subscribed = await Topic(request.Topic).SubscribeAsync(
            new(request.TopicRoute, request.Session, request.Users));

        // Who follows nobody, as when all were asked for and none publishes, has no subscription.
        if (subscribed is { IsAccepted: true, Value.FollowedCount: > 0 })
            member.Value.SubscribedTopics.Add(request.Topic);
        return subscribed;
    }

    /// <inheritdoc />
    public async Task<Outcome<Done>> UnsubscribeTopicAsync(UnsubscribeTopicRequest request)
    {
        if (await EnterAsync(request.RoomRoute, request.Session, CallReach.Part) is { } stale)
            return stale;
        var member = RoomRules.CheckUnsubscribe(_state, request.Session, request.Topic);
        if (!member.IsAccepted)
            return member.As<Done>();
        var followed = await Topic(request.Topic).UnsubscribeAsync(
            request.TopicRoute, request.Session, request.Users);
        if (!followed.IsAccepted)
            return followed.As<Done>();
        if (followed.Value == 0)
            member.Value.SubscribedTopics.Remove(request.Topic);
        return default(Done);
    }

    /// <inheritdoc />
    public async Task<Outcome<SubscribedUsers>> GetSubscribedUsersAsync(GetSubscribedUsersRequest request)
    {
        if (!Fanout.IsMeant(request.RoomRoute))
            return Fanout.Stale;
        if (!_state.Members.TryGet(request.Session, out var member))
            return ErrorCode.ChannelNotJoined;
        return member.SubscribedTopics.Contains(request.Topic)
            ? await Topic(request.Topic).GetSubscribedUsersAsync(request.TopicRoute, request.Session)
            : new SubscribedUsers([]);
    }

    /// <inheritdoc />
    public async Task<Outcome<Done>> RenewTokenAsync(RenewChannelTokenRequest request)
    {
        if (await EnterAsync(request.Route, request.Session) is { } stale)
            return stale;
        if (!_state.Members.TryGet(request.Session, out var member))
            return ErrorCode.ChannelNotJoined;
        member.SetToken(request.ExpiresAt);
        WakeBy(member.TokenDueAt);
        return default(Done);
    }

    /// <inheritdoc />
    public async Task<ContentChannel?> DescribeSessionAsync(SessionId session)
    {
        if (!_state.Members.TryGet(session, out var member) || _presence.PartOf(session) is not { } part)
            return null;
        var (published, subscribed) = (member.PublishedTopics.ToHashSet(), member.SubscribedTopics.ToHashSet());
        var topics = await Task.WhenAll(
            published.Union(subscribed).Select(topic => Topic(topic).DescribeSessionAsync(session)));

        // A topic that was lost meanwhile has lost what its gateway did not state anew.
        return Array.TrueForAll(topics, topic => topic is not null
            && (topic.Role is not null) == published.Contains(topic.Name)
            && topic.Followed.IsEmpty != subscribed.Contains(topic.Name))
            ? new(_channel, member.TokenExpiresAt, [.. topics.OfType<ContentTopic>()]) { Presence = part }
            : null;
    }

    /// <inheritdoc />
    public async Task<Outcome<RouteStamp>> RegisterAsync(RoomRegistration registration)
    {
        var gateway = registration.Route.Gateway;
        _recovery.Contact(true, !Fanout.IsMeant(registration.Route), Clock.GetUtcNow());
        if (await AdmitAsync(registration.Route) is { } refusal)
            return refusal;
        var registered = RoomRules.Register(_state, gateway.Id, registration.Members);
        foreach (var member in registration.Members)
            _presence.Restore(member.Session, member.User, member.Presence);
        foreach (var member in registered.Gone)
            _presence.Leave(member.Session, PresenceEnd.Left);
        var hasMissed = registered.HasNew;
        if (registration.Members.IsEmpty)
            Fanout.Retire(gateway.Id);
        else
            hasMissed |= Fanout.Want(gateway);
        WakeBy(NextDue());
        if (_recovery.EndsAt is null)
        {
            Tell(registered.Changes);

            // Its members were in already, and what happened while this grain had let go of them was not told to them.
            if (hasMissed)
            {
                Fanout.Send(gateway.Id, Snapshot());
                _presence.TellAgain(gateway.Id);
            }
        }

        return Fanout.StampFor(gateway.Id);
    }

    /// <inheritdoc />
    public Task<bool> CheckAsync(RouteCheck check)
    {
        var held = _state.Members.Of(check.Gateway).Select(member => member.ToMember());
        return Task.FromResult(Fanout.IsServing(check) && check.Digest == RoomRegistration.DigestOf(held));
    }

    private protected override DateTimeOffset? NextDue() =>
        Earliest(RoomRules.NextDue(_state), Earliest(_recovery.EndsAt, _presence.NextDue()));

    private protected override async Task OnDueAsync(DateTimeOffset now)
    {
        if (_recovery.TryFinish(now))
        {
            LogRecovered(_channel, _state.Members.Count, _state.Topics.Count);
            Fanout.SendToAll(Snapshot());
            _presence.TellAll();
        }

        _presence.OnDue();
        var due = RoomRules.TakeDue(_state, now);
        foreach (var member in due.Warned)
            Tell(member, SessionNoticeKind.TokenWillExpire);
        foreach (var member in due.Expired)
        {
            LogTokenExpired(_channel, member.Session);
            Tell(member, SessionNoticeKind.TokenExpired);
        }

        Remove(due.Expired, PresenceEnd.Left);
        await ClearTopicsAsync(due.Expired);
    }

    private protected override async Task ForgetAsync(GatewayId gateway, GatewayLoss loss)
    {
        var members = _state.Members.Of(gateway);
        LogGatewayLost(_channel, gateway, loss, members.Count);
        var gone = members.Where(member => !TryKeepAway(member.Session, loss, member.Timeout)).ToArray();
        Remove(gone, PresenceEnd.TimedOut);
        await ClearTopicsAsync(gone);
    }

    private protected override async Task EndAwayAsync(IReadOnlyList<SessionId> sessions)
    {
        var gone = sessions
            .Select(session => _state.Members.TryGet(session, out var member) ? member : null)
            .OfType<RoomMembership>()
            .ToArray();
        Remove(gone, PresenceEnd.TimedOut);
        await ClearTopicsAsync(gone);
    }

    private ValueTask<Refusal?> EnterAsync(
        RouteUpdate route, SessionId session, CallReach reach = CallReach.Session)
    {
        _recovery.Contact(false, !Fanout.IsMeant(route), Clock.GetUtcNow());
        return AdmitAsync(route, session, reach);
    }

    private void Remove(IReadOnlyList<RoomMembership> members, PresenceEnd end)
    {
        var changes = new List<TopicChange>();
        foreach (var member in members)
        {
            changes.AddRange(RoomRules.Remove(_state, member));
            Fanout.NoteRemoval(member.Session);
            _presence.Leave(member.Session, end);
            if (!_state.Members.HasAny(member.Session.Gateway))
                Fanout.Retire(member.Session.Gateway);
        }

        Tell(changes);
        WakeBy(_presence.NextDue());
    }

    private void Tell(IEnumerable<TopicChange> changes)
    {
        foreach (var change in changes)
            Tell(change);
    }

    private void Tell(TopicChange? change)
    {
        if (change is { } told)
            Fanout.SendToAll(new TopicEvent(Fanout.NextSequence(), told.IsJoin, told.Topic, told.User));
    }

    private void Tell(RoomMembership member, SessionNoticeKind kind) =>
        Fanout.Send(
            member.Session.Gateway,
            new SessionNotice(Fanout.NextSequence(), member.Session, kind, member.TokenExpiresAt));

    /// <summary>Ends what members that left had in topics, all at once. False when not all topics could be told.</summary>
    private async Task<bool> ClearTopicsAsync(IEnumerable<RoomMembership> members)
    {
        var told = await Task.WhenAll(members.SelectMany(member =>
            member.PublishedTopics.Union(member.SubscribedTopics).Select(
                topic => QuietlyAsync(Topic(topic).RemoveSessionAsync(member.Session), topic))));
        return Array.TrueForAll(told, isTold => isTold);
    }

    /// <summary>
    /// False for a topic that cannot be told now. It hears from the session's gateway, which states anew what it has in
    /// all topics of a session that was not told to all.
    /// </summary>
    private async Task<bool> QuietlyAsync(Task call, TopicName topic)
    {
        try
        {
            await call;
            return true;
        }
        catch (Exception exception)
        {
            LogTopicCleanupFailed(_channel, topic, exception);
            return false;
        }
    }

    private TopicSnapshot Snapshot() => new(Fanout.NextSequence(), RoomRules.Snapshot(_state));

    private ITopicGrain Topic(TopicName topic) => GrainFactory.GetGrain<ITopicGrain>(GrainKey.Topic(_channel, topic));
}
