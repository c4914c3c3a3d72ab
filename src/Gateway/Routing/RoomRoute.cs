using System.Diagnostics.CodeAnalysis;
using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Domain.Messages;
using ImOrleans.Gateway.Presence;
using ImOrleans.Gateway.Sessions;
using ImOrleans.Grains.Abstractions.Delivery;
using ImOrleans.Grains.Abstractions.Presence;
using ImOrleans.Grains.Abstractions.Rooms;

namespace ImOrleans.Gateway.Routing;

/// <summary>The local sessions in one stream channel.</summary>
internal sealed class RoomRoute(ChannelName channel, IRoomGrain grain, ISessionNotices notices)
    : Route(GrainKey.StreamChannel(channel)), IPresenceRoute
{
    /// <summary>Events kept for a session whose join is under way.</summary>
    private const int JoinBufferMax = 4096;

    private readonly Dictionary<SessionId, LocalMember> _members = [];
    private readonly Dictionary<SessionId, List<DeliveryItem>> _joining = [];
    private readonly SessionSet _sessions = new();
    private readonly PresenceListeners _presence = new(ChannelType.Stream, channel);

    public ChannelName Channel { get; } = channel;

    public IRoomGrain Grain { get; } = grain;

    /// <inheritdoc />
    public IPresenceGrain Presence => Grain;

    protected override bool IsEmpty => _members.Count == 0 && _joining.Count == 0;

    /// <summary>A join begins: events are kept for the session from now on. Under the gate.</summary>
    public void BeginJoin(Session session)
    {
        _joining[session.Id] = [];
        _presence.Begin(session);
    }

    /// <summary>A join failed. Under the gate.</summary>
    public void AbandonJoin(Session session)
    {
        _joining.Remove(session.Id);
        var fanOut = new FanOut();
        _presence.Abandon(session, fanOut);
        Enqueue(fanOut);
    }

    /// <summary>
    /// A join succeeded: the snapshot goes first, then what came after it, then everything live. Under the gate.
    /// </summary>
    public void CompleteJoin(Session session, DateTimeOffset? tokenExpiresAt, RoomJoined joined, PresenceWish wish = default)
    {
        _joining.Remove(session.Id, out var kept);
        _members[session.Id] = new(session)
        {
            TokenExpiresAt = tokenExpiresAt,
            Presence = new(wish.WantsEvents, wish.IsQuiet, joined.Presence.State),
        };
        _sessions.Add(session, joined.Stamp.Position);
        session.Outbox.Post(new TopicSnapshotEvent(Channel, joined.Topics));
        foreach (var item in kept ?? [])
            if (item.Sequence > joined.Stamp.Position && ToEvent(item) is { } sessionEvent)
                session.Outbox.Post(sessionEvent);
            else if (item is PresenceStateKept state)
                Keep(state);
        var fanOut = new FanOut();
        _presence.Complete(session, wish, joined.Presence, joined.Stamp.Position, fanOut);
        fanOut.Run(); // As the rest of the snapshot: behind it, and before the caller's answer.
    }

    /// <inheritdoc />
    public bool HasPresence(Session session) => _members.ContainsKey(session.Id);

    /// <inheritdoc />
    public void KeepState(Session session, PresenceState state)
    {
        if (_members.TryGetValue(session.Id, out var member))
            member.Presence = member.Presence.With(state);
    }

    /// <summary>The member record of a session. Under the gate.</summary>
    public bool TryGetMember(Session session, [NotNullWhen(true)] out LocalMember? member) =>
        _members.TryGetValue(session.Id, out member);

    /// <summary>Forgets a session; its record tells what else it wanted. Under the gate.</summary>
    public LocalMember? Remove(Session session)
    {
        _sessions.Remove(session);
        _presence.Remove(session);
        return _members.Remove(session.Id, out var member) ? member : null;
    }

    public override Task<Outcome<RouteStamp>> RegisterAsync(RouteUpdate update) =>
        Grain.RegisterAsync(new RoomRegistration(update, [.. Describe()]));

    public override Task<bool> CheckAsync(RouteCheck check) => Grain.CheckAsync(check);

    public override long Digest() => RoomRegistration.DigestOf(Describe());

    protected override int Dispatch(DeliveryItem item, FanOut fanOut)
    {
        if (item is SessionNotice notice)
        {
            if (!_members.TryGetValue(notice.Session, out var told))
                return 0;
            fanOut.Then(() => notices.OnChannelNotice(told.Session, Channel, notice));
            return 1;
        }

        var sessionEvent = ToEvent(item);
        if (sessionEvent is not null || item is PresenceStateKept)
            foreach (var kept in _joining.Values)
                if (kept.Count < JoinBufferMax)
                    kept.Add(item);
        if (item is PresenceStateKept state)
            Keep(state);
        return sessionEvent is null
            ? _presence.Dispatch(item, fanOut)
            : fanOut.Post(_sessions.For(item.Sequence), sessionEvent);
    }

    protected override void OnEpochChanged()
    {
        foreach (var kept in _joining.Values)
            kept.Clear();
        _sessions.Restart();
        _presence.Restart();
    }

    private void Keep(PresenceStateKept kept)
    {
        foreach (var member in _members.Values)
            if (member.Session.User == kept.User)
                member.Presence = member.Presence.With(kept.State);
    }

    private SessionEvent? ToEvent(DeliveryItem item) => item switch
    {
        TopicEvent topicEvent => new TopicPublisherEvent(Channel, topicEvent),
        TopicSnapshot snapshot => new TopicSnapshotEvent(Channel, snapshot.Topics),
        _ => null,
    };

    private IEnumerable<RoomMember> Describe() =>
        _members.Values.Select(member => new RoomMember(
            member.Session.Id, member.Session.User, member.TokenExpiresAt, [.. member.Published], [.. member.Subscribed])
        {
            Presence = member.Presence with { Timeout = member.Session.PresenceTimeout },
        });
}
