using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Domain.Messages;
using ImOrleans.Gateway.Sessions;
using ImOrleans.Grains.Abstractions.Conversations;
using ImOrleans.Grains.Abstractions.Delivery;
using ImOrleans.Grains.Abstractions.Users;

namespace ImOrleans.Gateway.Routing;

/// <summary>The local sessions of one user.</summary>
internal sealed class UserRoute(UserId user, IUserGrain grain, ISessionNotices notices, ConversationPosts conversations)
    : Route(GrainKey.User(user))
{
    private readonly Dictionary<SessionId, UserSessionEntry> _sessions = [];
    private readonly Dictionary<SessionId, Connecting> _connecting = [];
    private readonly SessionSet _all = new();

    public IUserGrain Grain { get; } = grain;

    protected override bool IsEmpty => _sessions.Count == 0 && _connecting.Count == 0;

    protected override int Audience => _all.Count + _connecting.Count;

    /// <summary>A login begins: what comes for it is kept until the grain has answered. Under the gate.</summary>
    /// <remarks>A newer login of the device may be quicker than that answer, and takes this one over.</remarks>
    public void BeginConnect(Session session) => _connecting[session.Id] = new();

    /// <summary>A login failed. Under the gate.</summary>
    public void AbandonConnect(Session session) => _connecting.Remove(session.Id);

    /// <summary>
    /// The grain has accepted the login: the session is told <paramref name="connected"/> first, if there is anything to
    /// tell yet, then what was kept, then everything live. Under the gate.
    /// </summary>
    public void CompleteConnect(Session session, RouteStamp stamp, SessionEvent? connected)
    {
        _connecting.Remove(session.Id, out var connecting);
        _sessions[session.Id] = new(session);
        _all.Add(session, stamp.Position);
        if (connected is not null)
            session.Outbox.Post(connected);
        foreach (var message in connecting?.Messages.Where(message => message.Message.Sequence > stamp.Position) ?? [])
            session.Outbox.Post(message);
        var fanOut = new FanOut();
        foreach (var notice in connecting?.Notices ?? [])
            fanOut.Then(() => notices.OnLoginNotice(session, notice));
        Enqueue(fanOut);
    }

    /// <summary>
    /// Forgets a session; returns the stream channels that it was in, and the message channels that it was subscribed to.
    /// Under the gate.
    /// </summary>
    public (IReadOnlyCollection<ChannelName> Channels, IReadOnlyCollection<ChannelName> Subscriptions) Remove(
        Session session)
    {
        _all.Remove(session);
        return _sessions.Remove(session.Id, out var entry) ? (entry.Channels, entry.Subscriptions) : ([], []);
    }

    /// <summary>
    /// The stream channels that a session is in, and the message channels that it is subscribed to. Under the gate.
    /// </summary>
    public (IReadOnlyCollection<ChannelName> Channels, IReadOnlyCollection<ChannelName> Subscriptions) Of(
        Session session) => _sessions.TryGetValue(session.Id, out var entry)
            ? ([.. entry.Channels], [.. entry.Subscriptions])
            : ([], []);

    /// <summary>The session is in a channel, as the grain knows. Under the gate.</summary>
    public void ConfirmChannel(Session session, ChannelName channel, bool isQuiet = false, bool withData = false)
    {
        if (!_sessions.TryGetValue(session.Id, out var entry))
            return;
        session.Record = session.Record?.In(ChannelType.Stream, channel, withData);
        entry.Channels.Add(channel);
        if (isQuiet)
            entry.Quiet.Add(GrainKey.StreamChannel(channel));
    }

    /// <summary>The session is no longer in a channel. Under the gate.</summary>
    public void RemoveChannel(Session session, ChannelName channel)
    {
        if (!_sessions.TryGetValue(session.Id, out var entry))
            return;
        entry.Channels.Remove(channel);
        entry.Quiet.Remove(GrainKey.StreamChannel(channel));
    }

    /// <summary>The session is subscribed to a message channel, as the grain knows. Under the gate.</summary>
    public void ConfirmSubscription(Session session, ChannelName channel, bool isQuiet = false, bool withData = false)
    {
        if (!_sessions.TryGetValue(session.Id, out var entry))
            return;
        session.Record = session.Record?.In(ChannelType.Message, channel, withData);
        entry.Subscriptions.Add(channel);
        var key = GrainKey.MessageChannel(channel);
        _ = isQuiet ? entry.Quiet.Add(key) : entry.Quiet.Remove(key);
    }

    /// <summary>The session is no longer subscribed to a message channel. Under the gate.</summary>
    public void RemoveSubscription(Session session, ChannelName channel)
    {
        if (!_sessions.TryGetValue(session.Id, out var entry))
            return;
        entry.Subscriptions.Remove(channel);
        entry.Quiet.Remove(GrainKey.MessageChannel(channel));
    }

    public override Task<Outcome<RouteStamp>> RegisterAsync(RouteUpdate update) =>
        Grain.RegisterAsync(new UserRegistration(update, [.. Describe()]));

    public override Task<bool> CheckAsync(RouteCheck check) => Grain.CheckAsync(check);

    public override long Digest() => UserRegistration.DigestOf(Describe());

    protected override int Dispatch(DeliveryItem item, FanOut fanOut)
    {
        switch (item)
        {
            case UserMessage message:
                var sessionEvent = new UserMessageEvent(user, message) { Epoch = Epoch };
                foreach (var connecting in _connecting.Values)
                    connecting.Keep(sessionEvent);
                var sessions = _all.For(message.Sequence);

                // Whoever was lost and cannot come back, or has no form for it, gets nothing: the sender must not take it
                // for delivered.
                if (!Array.TrueForAll(sessions, Takes))
                    sessions = [.. sessions.Where(Takes)];
                return _connecting.Count + fanOut.Post(sessions, sessionEvent);
            case ConversationPush push:
                return conversations.Dispatch(push, _all.For(push.Sequence), fanOut);
            case GroupJoined joined:
                // Which groups the user is in the store knows: the news only says that it is to be asked.
                Session[] disturbed = [.. _all.For(joined.Sequence).Where(session => session.Inbox.Join(joined.Group))];
                return fanOut.Post(disturbed, new ConversationNoticeEvent(joined.Group, user));
            case ConversationStatus status:
                return StatusPosts.Post(status, _all.For(status.Sequence), fanOut);
            case SessionNotice notice when _connecting.TryGetValue(notice.Session, out var connecting):
                connecting.Notices.Add(notice);
                return 1;
            case SessionNotice notice when _sessions.TryGetValue(notice.Session, out var entry):
                fanOut.Then(() => notices.OnLoginNotice(entry.Session, notice));
                return 1;
            default:
                return 0;
        }
    }

    /// <remarks>The next activation takes the connect that is repeated for the newest: nothing has taken it over.</remarks>
    protected override void OnEpochChanged()
    {
        foreach (var connecting in _connecting.Values)
            connecting.Notices.Clear();
        _all.Restart();
        OnLost();
    }

    protected override void OnLost()
    {
        var fanOut = new FanOut();
        ConversationPosts.Disturb(_sessions.Values.Select(entry => entry.Session), fanOut);
        Enqueue(fanOut);
    }

    private static bool Takes(Session session) => session.IsReachable && !session.IsInRoom;

    private IEnumerable<UserSession> Describe() =>
        _sessions.Values.Select(entry => new UserSession(
            entry.Session.Id, entry.Session.Device, entry.Session.Token.ExpiresAt, [.. entry.Channels])
        {
            Subscriptions = [.. entry.Subscriptions],
            Quiet = [.. entry.Quiet],
            Replaces = entry.Session.Replaces,
            Timeout = entry.Session.PresenceTimeout,
            Record = entry.Session.Record,
            Class = entry.Session.Class,
        });

    /// <summary>What came for a login under way.</summary>
    private sealed class Connecting
    {
        private const int MessagesMax = 1024;

        public List<UserMessageEvent> Messages { get; } = [];

        /// <summary>A handful: a grain has few things to say to one session.</summary>
        public List<SessionNotice> Notices { get; } = [];

        public void Keep(UserMessageEvent message)
        {
            if (Messages.Count < MessagesMax)
                Messages.Add(message);
        }
    }

    private sealed record UserSessionEntry(Session Session)
    {
        public SortedSet<ChannelName> Channels { get; } = new(ByName);

        public SortedSet<ChannelName> Subscriptions { get; } = new(ByName);

        /// <summary>The grain keys of the channels where it is quietly.</summary>
        public HashSet<string> Quiet { get; } = [];

        private static Comparer<ChannelName> ByName { get; } =
            Comparer<ChannelName>.Create((a, b) => string.CompareOrdinal(a.Value, b.Value));
    }
}
