using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Domain.Messages;
using ImOrleans.Gateway.Presence;
using ImOrleans.Gateway.Sessions;
using ImOrleans.Grains.Abstractions.Delivery;
using ImOrleans.Grains.Abstractions.MessageChannels;
using ImOrleans.Grains.Abstractions.Presence;

namespace ImOrleans.Gateway.Routing;

/// <summary>The local subscribers of one message channel.</summary>
internal sealed class MessageChannelRoute(ChannelName channel, IMessageChannelGrain grain, TimeProvider clock)
    : Route(GrainKey.MessageChannel(channel)), IPresenceRoute
{
    private readonly Dictionary<SessionId, Subscriber> _subscribers = [];
    private readonly Dictionary<SessionId, Subscribing> _subscribing = [];
    private readonly SessionSet _listeners = new();

    // Those that take messages in packs, and what waits for them.
    private readonly SessionSet _packed = new();
    private readonly ChannelPack _pack = new();
    private ITimer? _packTimer;
    private readonly PresenceListeners _presence = new(ChannelType.Message, channel);

    public ChannelName Channel { get; } = channel;

    public IMessageChannelGrain Grain { get; } = grain;

    /// <inheritdoc />
    public IPresenceGrain Presence => Grain;

    protected override bool IsEmpty => _subscribers.Count == 0 && _subscribing.Count == 0;

    /// <summary>A subscription begins: messages are kept for the session from now on. Under the gate.</summary>
    /// <remarks>
    /// A session that has had messages until now goes on hearing them, unless the answer is to bring some, which go first.
    /// </remarks>
    public void BeginSubscribe(Session session, bool isReplay)
    {
        var listeners = ListenersLike(session);
        var position = listeners.PositionOf(session);
        if (position is null || isReplay)
            _subscribing[session.Id] = new() { Position = position ?? 0 };
        if (isReplay)
            listeners.Remove(session);
        _presence.Begin(session);
    }

    /// <summary>
    /// A subscription failed: one from before goes on, with what was kept. Under the gate;
    /// <see cref="Route.RunFanOuts"/> follows.
    /// </summary>
    public void AbandonSubscribe(Session session)
    {
        if (_subscribing.Remove(session.Id, out var ended) && _subscribers.TryGetValue(session.Id, out var before))
            Listen(before, ended.Position, ended.Kept);
        var fanOut = new FanOut();
        _presence.Abandon(session, fanOut);
        Enqueue(fanOut);
    }

    /// <summary>
    /// A subscription succeeded: what came after its position goes first, then everything live. Under the gate;
    /// <see cref="Route.RunFanOuts"/> follows.
    /// </summary>
    public void CompleteSubscribe(
        Session session, ChannelFeeds feeds, ChannelSubscribed subscribed, PresenceWish wish = default)
    {
        _subscribers.TryGetValue(session.Id, out var before);
        var subscriber = _subscribers[session.Id] = new(session, feeds)
        {
            Presence = new(
                wish.WantsEvents, wish.IsQuiet, (before?.Presence ?? MemberPresence.Default).With(subscribed.Presence.State).State),
        };
        if (_subscribing.Remove(session.Id, out var ended))
            Listen(subscriber, subscribed.Stamp.Position, ended.Kept.Where(message =>
                message.Position.Epoch == subscribed.Position.Epoch
                && message.Position.Offset > subscribed.Position.Offset));
        else if (!subscriber.IsListening)
            ListenersLike(session).Remove(session);
        var fanOut = new FanOut();
        _presence.Complete(session, wish, subscribed.Presence, subscribed.Stamp.Position, fanOut);
        Enqueue(fanOut);
    }

    /// <inheritdoc />
    public bool HasPresence(Session session) => _subscribers.ContainsKey(session.Id);

    /// <inheritdoc />
    public void KeepState(Session session, PresenceState state)
    {
        if (_subscribers.TryGetValue(session.Id, out var subscriber))
            subscriber.Presence = subscriber.Presence.With(state);
    }

    /// <summary>What a session hears of; null when it is not subscribed. Under the gate.</summary>
    public ChannelFeeds? FeedsOf(Session session) =>
        _subscribers.TryGetValue(session.Id, out var subscriber) ? subscriber.Feeds : null;

    /// <summary>True when nobody is told that a session is there. Under the gate.</summary>
    public bool IsQuiet(Session session) =>
        _subscribers.TryGetValue(session.Id, out var subscriber) && subscriber.Presence.IsQuiet;

    /// <summary>Forgets a session; false when it was not subscribed. Under the gate.</summary>
    public bool Remove(Session session)
    {
        ListenersLike(session).Remove(session);
        _presence.Remove(session);
        return _subscribers.Remove(session.Id);
    }

    public override Task<Outcome<RouteStamp>> RegisterAsync(RouteUpdate update) =>
        Grain.RegisterAsync(new MessageChannelRegistration(update, [.. Describe()]));

    public override Task<bool> CheckAsync(RouteCheck check) => Grain.CheckAsync(check);

    public override long Digest() => MessageChannelRegistration.DigestOf(Describe());

    protected override int Dispatch(DeliveryItem item, FanOut fanOut)
    {
        if (item is PresenceStateKept kept)
            Keep(kept);
        if (item is not ChannelMessage message)
            return _presence.Dispatch(item, fanOut);
        var sessionEvent = new ChannelMessageEvent(Channel, Epoch, message);
        foreach (var subscribing in _subscribing.Values)
            subscribing.Keep(sessionEvent);
        return fanOut.Post(_listeners.For(message.Sequence), sessionEvent) + Pack(sessionEvent, fanOut);
    }

    /// <remarks>What was kept of the last one is for those who were subscribed before, should it stay so.</remarks>
    protected override void OnEpochChanged()
    {
        foreach (var subscribing in _subscribing.Values)
            subscribing.Position = 0;
        var fanOut = new FanOut();
        Unpack(fanOut);
        Enqueue(fanOut);
        _packed.Restart();
        _listeners.Restart();
        _presence.Restart();
    }

    private void Keep(PresenceStateKept kept)
    {
        foreach (var subscriber in _subscribers.Values)
            if (subscriber.Session.User == kept.User)
                subscriber.Presence = subscriber.Presence.With(kept.State);
    }

    private SessionSet ListenersLike(Session session) => session.IsInRoom ? _packed : _listeners;

    /// <summary>Puts a message to those that wait, or hands it out when it is urgent; returns for how many sessions.</summary>
    private int Pack(ChannelMessageEvent message, FanOut fanOut)
    {
        if (_packed.Count == 0)
            return 0;
        var sessions = _packed.For(message.Message.Sequence);
        if (message.Message.Level == MessageLevel.Important)
            return fanOut.Post(sessions, new ChannelPackEvent([message]));
        _pack.Add(message);
        if (_pack.IsFull)
            Unpack(fanOut);
        else
            _packTimer ??= clock.CreateTimer(_ => OnPackDue(), null, ChannelPack.Delay, Timeout.InfiniteTimeSpan);
        return sessions.Length;
    }

    private void OnPackDue()
    {
        lock (Gate)
        {
            var fanOut = new FanOut();
            Unpack(fanOut);
            Enqueue(fanOut);
        }

        RunFanOuts();
    }

    /// <summary>Hands out what waits: to each session what has come since it began to listen. Under the gate.</summary>
    private void Unpack(FanOut fanOut)
    {
        _packTimer?.Dispose();
        _packTimer = null;
        var messages = _pack.Take();
        if (messages.Length == 0)
            return;
        var whole = _packed.For(messages[0].Message.Sequence);
        fanOut.Post(whole, new ChannelPackEvent(messages));
        if (whole.Length == _packed.Count)
            return;
        var late = _packed.For(messages[^1].Message.Sequence).Except(whole)
            .GroupBy(session => messages.Count(message => message.Message.Sequence <= _packed.PositionOf(session)));
        foreach (var group in late)
            fanOut.Post([.. group], new ChannelPackEvent(messages[group.Key..]));
    }

    private void Listen(Subscriber subscriber, long position, IEnumerable<ChannelMessageEvent> kept)
    {
        if (!subscriber.IsListening)
            return;
        ListenersLike(subscriber.Session).Add(subscriber.Session, position);
        // Behind what was decided on before: a session that subscribes again may have writes in that line.
        var fanOut = new FanOut();
        foreach (var message in kept)
            if (!subscriber.Session.IsInRoom)
                fanOut.Post([subscriber.Session], message);
            else if (!_pack.Contains(message))
                fanOut.Post([subscriber.Session], new ChannelPackEvent([message]));
        Enqueue(fanOut);
    }

    private IEnumerable<ChannelSubscription> Describe() => _subscribers.Values.Select(subscriber =>
        new ChannelSubscription(subscriber.Session.Id, subscriber.Session.User, subscriber.Feeds)
        {
            Presence = subscriber.Presence with { Timeout = subscriber.Session.PresenceTimeout },
        });

    private sealed record Subscriber(Session Session, ChannelFeeds Feeds)
    {
        /// <summary>Its part in the channel's presence.</summary>
        public MemberPresence Presence { get; set; } = MemberPresence.Default;

        public bool IsListening => Feeds.HasFlag(ChannelFeeds.Messages);
    }

    /// <summary>What came for a subscription under way.</summary>
    private sealed class Subscribing
    {
        private const int MessagesMax = 4096;

        /// <summary>Up to where the session wants nothing, of the activation that the route knows.</summary>
        public long Position { get; set; }

        public List<ChannelMessageEvent> Kept { get; } = [];

        public void Keep(ChannelMessageEvent message)
        {
            if (message.Message.Sequence > Position && Kept.Count < MessagesMax)
                Kept.Add(message);
        }
    }
}
