using System.Collections.Immutable;
using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Gateway.Sessions;
using ImOrleans.Grains.Abstractions.Delivery;
using ImOrleans.Grains.Abstractions.Topics;

namespace ImOrleans.Gateway.Routing;

/// <summary>The local publishers and subscribers of one topic.</summary>
internal sealed class TopicRoute(ChannelName channel, TopicName topic, ITopicGrain grain)
    : Route(GrainKey.Topic(channel, topic))
{
    /// <summary>Messages kept for a session whose subscription is under way.</summary>
    private const int SubscribeBufferMax = 4096;

    private readonly Dictionary<SessionId, TopicPublisher> _publishers = [];
    private readonly Dictionary<SessionId, Subscriber> _subscribers = [];
    private readonly Dictionary<UserId, SessionSet> _followers = [];
    private readonly Dictionary<SessionId, List<TopicMessage>> _subscribing = [];

    public ChannelName Channel { get; } = channel;

    public TopicName Topic { get; } = topic;

    public ITopicGrain Grain { get; } = grain;

    protected override bool IsEmpty => _publishers.Count == 0 && _subscribers.Count == 0 && _subscribing.Count == 0;

    /// <summary>The session publishes here, as the grain knows. Under the gate.</summary>
    public void AddPublisher(Session session, PublisherRole role) =>
        _publishers[session.Id] = new(session.Id, session.User, role);

    /// <summary>The session does not publish here any more. Under the gate.</summary>
    public void RemovePublisher(Session session) => _publishers.Remove(session.Id);

    /// <summary>True when the session publishes here. Under the gate.</summary>
    public bool IsPublisher(Session session) => _publishers.ContainsKey(session.Id);

    /// <summary>How a session publishes here; null when it does not. Under the gate.</summary>
    public PublisherRole? RoleOf(Session session) =>
        _publishers.TryGetValue(session.Id, out var publisher) ? publisher.Role : null;

    /// <summary>Whom a session follows here. Under the gate.</summary>
    public ImmutableArray<UserId> FollowedBy(Session session) =>
        _subscribers.TryGetValue(session.Id, out var subscriber)
            ? [.. subscriber.Users.Select(name => new UserId(name))]
            : [];

    /// <summary>A subscription begins: messages are kept for the session from now on. Under the gate.</summary>
    public void BeginSubscribe(Session session) => _subscribing[session.Id] = [];

    /// <summary>A subscription failed. Under the gate.</summary>
    public void AbandonSubscribe(Session session) => _subscribing.Remove(session.Id);

    /// <summary>A subscription succeeded: what came since goes first, then everything live. Under the gate.</summary>
    public void CompleteSubscribe(Session session, TopicSubscribed subscribed)
    {
        _subscribing.Remove(session.Id, out var kept);
        if (subscribed.Succeeded.IsEmpty)
            return;
        if (!_subscribers.TryGetValue(session.Id, out var subscriber))
            _subscribers[session.Id] = subscriber = new(session);
        var added = subscribed.Succeeded.Where(user => subscriber.Users.Add(user.Value)).ToHashSet();
        foreach (var user in added)
            FollowersOf(user).Add(session, subscribed.Stamp.Position);
        foreach (var message in kept ?? [])
            if (added.Contains(message.Publisher) && message.Sequence > subscribed.Stamp.Position)
                session.Outbox.Post(new TopicMessagesEvent(Channel, Topic, [message]) { Epoch = Epoch });

        // The topic has forgotten some that this session follows, or still has some that it does not.
        if (subscriber.Users.Count != subscribed.FollowedCount)
            Invalidate();
    }

    /// <summary>
    /// The session ceases to follow <paramref name="users"/>, or everyone when that is empty. Under the gate.
    /// </summary>
    /// <returns>True when it follows nobody here any more.</returns>
    public bool Unsubscribe(Session session, ImmutableArray<UserId> users)
    {
        if (!_subscribers.TryGetValue(session.Id, out var subscriber))
            return true;
        foreach (var name in users.IsEmpty ? [.. subscriber.Users] : users.Select(user => user.Value))
            if (subscriber.Users.Remove(name))
                RemoveFollower(new(name), session);
        if (subscriber.Users.Count > 0)
            return false;
        _subscribers.Remove(session.Id);
        return true;
    }

    /// <summary>Forgets a session. Under the gate.</summary>
    public void Remove(Session session)
    {
        _publishers.Remove(session.Id);
        _subscribing.Remove(session.Id);
        Unsubscribe(session, []);
    }

    public override Task<Outcome<RouteStamp>> RegisterAsync(RouteUpdate update) =>
        Grain.RegisterAsync(new TopicRegistration(update, [.. _publishers.Values], [.. Subscriptions()]));

    public override Task<bool> CheckAsync(RouteCheck check) => Grain.CheckAsync(check);

    public override long Digest() => TopicRegistration.DigestOf(_publishers.Values, Subscriptions());

    protected override int Dispatch(DeliveryItem item, FanOut fanOut)
    {
        if (item is not TopicMessage message)
            return 0;
        foreach (var kept in _subscribing.Values)
            if (kept.Count < SubscribeBufferMax)
                kept.Add(message);
        return _followers.TryGetValue(message.Publisher, out var sessions)
            ? fanOut.Post(
                sessions.For(message.Sequence), new TopicMessagesEvent(Channel, Topic, [message]) { Epoch = Epoch })
            : 0;
    }

    protected override void OnEpochChanged()
    {
        foreach (var kept in _subscribing.Values)
            kept.Clear();
        foreach (var followers in _followers.Values)
            followers.Restart();
    }

    private SessionSet FollowersOf(UserId user)
    {
        if (!_followers.TryGetValue(user, out var sessions))
            _followers[user] = sessions = new();
        return sessions;
    }

    private void RemoveFollower(UserId user, Session session)
    {
        if (!_followers.TryGetValue(user, out var sessions))
            return;
        sessions.Remove(session);
        if (sessions.Count == 0)
            _followers.Remove(user);
    }

    private IEnumerable<TopicSubscription> Subscriptions() =>
        _subscribers.Values.Select(subscriber => new TopicSubscription(
            subscriber.Session.Id, [.. subscriber.Users.Select(name => new UserId(name))]));

    private sealed record Subscriber(Session Session)
    {
        public SortedSet<string> Users { get; } = new(StringComparer.Ordinal);
    }
}
