using System.Text.Json;
using ImOrleans.Client.Wire;

namespace ImOrleans.Client.Connections;

/// <summary>
/// Watches what the server tells over one link: whether the login is done, why the link is closed, and how many events
/// of the session have come, which is confirmed now and then.
/// </summary>
internal sealed class LinkWatch(IConnectionHost host, SessionTicket ticket, TimeProvider clock) : ILinkEvents, IDisposable
{
    /// <summary>Events and characters after which the server is told that they have come, so that it forgets them.</summary>
    private const int ConfirmedEventsMax = 32;
    private const int ConfirmedCharsMax = 64 * 1024;

    /// <summary>So long before its end a token is warned of.</summary>
    private static readonly TimeSpan TokenWarning = TimeSpan.FromSeconds(30);

    private readonly TaskCompletionSource<WireConnectionEvent> _login =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly CancellationTokenSource _ended = new();
    private WireConnectionEvent? _closing;
    private ILink? _link;
    private long _received = ticket.Received;
    private long _confirmed = ticket.Received;
    private int _chars;
    private long? _channelWarnedAt;

    /// <summary>The event that told of the login.</summary>
    public Task<WireConnectionEvent> Login => _login.Task;

    /// <summary>The event that told why the link is about to be closed.</summary>
    public WireConnectionEvent? Closing => Volatile.Read(ref _closing);

    /// <summary>From now on the count is confirmed over this link.</summary>
    public void ConfirmOver(ILink link) => Volatile.Write(ref _link, link);

    /// <summary>What the next link shows, once this one has ended.</summary>
    /// <remarks>
    /// The renewal of a channel's token ends with its link; one that is due is taken care of by a new session, whose
    /// channels are joined with fresh tokens.
    /// </remarks>
    public SessionTicket NextTicket()
    {
        if (_channelWarnedAt is { } warnedAt && clock.GetElapsedTime(warnedAt) < TokenWarning)
            return SessionTicket.New;
        if (!_login.Task.IsCompletedSuccessfully)
            return ticket;
        return _login.Task.Result.Session is { } key ? new(key, _received) : SessionTicket.New;
    }

    public void OnMessages(IReadOnlyList<WireMessage> messages)
    {
        host.OnMessages(messages);
        foreach (var message in messages)
            _chars += message.Payload.Length;
        Count(messages.Count);
    }

    public void OnPresenceEvents(IReadOnlyList<WirePresenceEvent> events)
    {
        host.OnPresenceEvents(events);
        Count(events.Count);
    }

    public void OnTopicEvents(IReadOnlyList<WireTopicEvent> events)
    {
        host.OnTopicEvents(events);
        Count(events.Count);
    }

    public void OnStorageEvents(IReadOnlyList<WireStorageEvent> events)
    {
        host.OnStorageEvents(events);
        Count(events.Count);
    }

    public void OnLockEvents(IReadOnlyList<WireLockEvent> events)
    {
        host.OnLockEvents(events);
        Count(events.Count);
    }

    public void OnTokenEvents(IReadOnlyList<WireTokenEvent> events)
    {
        if (events.Any(one => one is { Type: "willExpire", Channel.Length: > 0 }))
            _channelWarnedAt = clock.GetTimestamp();
        host.OnTokenEvents(events, _ended.Token);
        Count(events.Count);
    }

    public void OnConnectionEvents(IReadOnlyList<WireConnectionEvent> events)
    {
        foreach (var one in events)
        {
            if (one is { State: (int)ConnectionState.Connected, Reason: ConnectionReasons.LoginSuccess })
            {
                OnGreeting(one);
                continue;
            }

            if (one.CloseCode is not null)
                Volatile.Write(ref _closing, one);
            else if (one.Channel is { } channel)
                host.Report(new ChannelStateChanged(channel, (ConnectionState)one.State, one.Reason, one.Message ?? ""));
            else if (one.Dropped is { } dropped)
                host.Report(new ServerDroppedMessages(dropped));
            Count(1);
        }
    }

    public void OnChatNotices(IReadOnlyList<WireChatNotice> notices)
    {
        foreach (var notice in notices)
            host.Report(new NewConversationMessages((ConversationType)notice.ConversationType, notice.TargetId));
    }

    public void OnChatMessages(IReadOnlyList<JsonElement> messages, string? ackToken)
    {
        if (ackToken is not null)
            host.OnChatMessages(messages, ackToken);
        else
            foreach (var message in messages)
                host.Report(new ConversationStatusReceived(RtmConversations.Read(message)));
    }

    public void OnOtherEvents(int count) => Count(count);

    /// <summary>The link has ended.</summary>
    public void Dispose() => _ended.Cancel();

    /// <summary>The one event that belongs to the connection, not to the session.</summary>
    private void OnGreeting(WireConnectionEvent greeting)
    {
        _received = _confirmed = greeting.Resumed ? ticket.Received : 0;
        if (greeting.Dropped is { } lost)
            host.Report(new ServerDroppedMessages(lost));
        _login.TrySetResult(greeting);
    }

    private void Count(int events)
    {
        _received += events;
        if ((_received - _confirmed < ConfirmedEventsMax && _chars < ConfirmedCharsMax)
            || Volatile.Read(ref _link) is not { } link
            || !_login.Task.IsCompletedSuccessfully || _login.Task.Result.Session is null)
            return;
        _confirmed = _received;
        _chars = 0;
        link.Send("AckEvents", new { received = _received });
    }
}
