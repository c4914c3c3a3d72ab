using ImOrleans.Client.Connections;
using ImOrleans.Client.Wire;

namespace ImOrleans.Client;

/// <summary>
/// A message channel that was subscribed to with <see cref="RtmClient.SubscribeChannelAsync"/>. It survives reconnects:
/// what was missed comes first, in order, as long as the server has all of it. It ends when it is unsubscribed, when it
/// cannot be restored, and with the client's session; then its feeds end.
/// </summary>
/// <remarks>
/// <b>Guarantee:</b> messages come in the channel's order, none twice. A gap, also one that a slow connection made, is
/// asked for again; one that cannot be closed is told in <see cref="ChannelMessage.GapBefore"/> and, at once, as a
/// <see cref="MessagesMissed"/>.
/// <b>Threads:</b> all members may be used from several threads at once.
/// </remarks>
public sealed class MessageChannel
{
    private readonly Lock _lock = new();
    private readonly MessageChannelRegistry _registry;
    private readonly MessageChannelOptions _options;
    private readonly MessageLine _line;
    private bool _isLeaving;
    private bool _hasEnded;

    internal MessageChannel(string name, MessageChannelOptions options, MessageChannelRegistry registry)
    {
        Name = name;
        _options = options;
        _registry = registry;
        Messages = new(registry.Options.FeedItemsMax);
        PresenceEvents = new(registry.Options.FeedItemsMax);
        StorageEvents = new(registry.Options.FeedItemsMax);
        LockEvents = new(registry.Options.FeedItemsMax);
        _line = new(registry.Options.FeedItemsMax, Messages.Post, () => registry.ReportMissed(name));
        _line.Hold();
    }

    /// <summary>The channel's name.</summary>
    public string Name { get; }

    /// <summary>The channel's messages, from the subscription on. Ends with it.</summary>
    public Feed<ChannelMessage> Messages { get; }

    /// <summary>
    /// Who is there: a snapshot, then each change. Empty when <see cref="MessageChannelOptions.WithPresence"/> is false.
    /// </summary>
    public Feed<PresenceEvent> PresenceEvents { get; }

    /// <summary>
    /// The channel's metadata: a snapshot, then each change. Empty unless <see cref="MessageChannelOptions.WithMetadata"/>
    /// was asked for.
    /// </summary>
    public Feed<StorageEvent> StorageEvents { get; }

    /// <summary>
    /// The channel's locks: a snapshot, then each change. Empty unless <see cref="MessageChannelOptions.WithLocks"/> was
    /// asked for.
    /// </summary>
    public Feed<LockEvent> LockEvents { get; }

    /// <summary>
    /// The place of the last message that the feed got, or of the last one before the subscription. An app that keeps
    /// it can go on there later, with <see cref="MessageChannelOptions.Since"/>.
    /// </summary>
    public MessagePosition? Position
    {
        get
        {
            lock (_lock)
                return _line.Position;
        }
    }

    /// <summary>
    /// Whether the app is subscribed; while the client reconnects, whether that is going to be restored.
    /// </summary>
    public bool IsSubscribed { get; private set; }

    /// <summary>Ends the subscription. Done as well when the connection is lost on the way, or it had ended before.</summary>
    public async Task UnsubscribeAsync(CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            if (_hasEnded)
                return;
            _isLeaving = true;
        }

        try
        {
            await _registry.CallAsync("Unsubscribe", new { channel = Name }, cancellationToken, (end, reply, _) =>
            {
                if (end == CallEnd.Lost || reply is { IsDone: true } or { Code: RtmErrorCodes.ChannelNotSubscribed })
                    End(null);
                else
                    Stay();
            }).ConfigureAwait(false);
        }
        catch (RtmException done) when (done is { OutcomeUnknown: true, Code: RtmErrorCodes.NotConnected }
            or { Code: RtmErrorCodes.ChannelNotSubscribed })
        {
            // The session has ended with its connection, or there was no subscription: either is what was asked for.
        }
    }

    internal object Request(MessagePosition? since) => new
    {
        channel = Name,
        withMessage = _options.WithMessages,
        withPresence = _options.WithPresence,
        beQuiet = _options.BeQuiet,
        withMetadata = _options.WithMetadata,
        withLock = _options.WithLocks,
        since = since is { } place ? new { offset = place.Offset, epoch = place.Epoch } : null,
    };

    /// <summary>The request of the first subscription.</summary>
    internal object FirstRequest() => Request(_options.Since);

    internal void OnSubscribed(WireReply reply)
    {
        var subscribed = WireSubscribed.Of(reply.Data);
        lock (_lock)
        {
            if (_hasEnded)
                return;
            IsSubscribed = true;
            _line.Answer(
                subscribed.Position.ToPosition(), subscribed.Recovered,
                (subscribed.Messages ?? []).Select(message => message.ToChannelMessage()));
        }
    }

    internal void OnMessage(ChannelMessage message)
    {
        MessagePosition? since;
        lock (_lock)
        {
            if (_hasEnded)
                return;
            since = _line.Take(message);
            if (since is not null && _isLeaving)
            {
                // A subscription now would outlive the end that is on its way.
                _line.GoOn();
                return;
            }
        }

        if (since is { } place)
            _ = FillGapAsync(place);
    }

    internal void OnPresenceEvent(WirePresenceEvent told)
    {
        if (told.ToEvent() is { } happened)
            PresenceEvents.Post(happened);
    }

    internal void OnStorageEvent(WireStorageEvent told)
    {
        if (told.ToEvent() is { } happened)
            StorageEvents.Post(happened);
    }

    /// <summary>Told also of single locks that this client has or waits for, which is not what the feed is for.</summary>
    internal void OnLockEvent(WireLockEvent told)
    {
        if (_options.WithLocks && told.ToEvent() is { } happened)
            LockEvents.Post(happened);
    }

    /// <summary>Subscribes again over a new link, from where the line has got to.</summary>
    internal async Task RestoreAsync(ChannelRestorer restorer)
    {
        MessagePosition? since;
        lock (_lock)
        {
            _line.Hold();
            since = _line.Position;
        }

        var reply = await restorer.CallAsync("Subscribe", Request(since)).ConfigureAwait(false);
        if (reply.IsDone)
        {
            OnSubscribed(reply);
            return;
        }

        var refusal = reply.ToException();
        restorer.ReportMessageChannel(Name, refusal);
        End(refusal);
    }

    /// <summary>Nothing comes any more, and nothing is restored.</summary>
    internal void End(RtmException? why)
    {
        lock (_lock)
        {
            if (_hasEnded)
                return;
            _hasEnded = true;
            IsSubscribed = false;
        }

        _registry.Remove(this);
        Messages.Complete(why);
        PresenceEvents.Complete(why);
        StorageEvents.Complete(why);
        LockEvents.Complete(why);
    }

    private void Stay()
    {
        lock (_lock)
            _isLeaving = false;
    }

    private async Task FillGapAsync(MessagePosition since)
    {
        try
        {
            await _registry.CallAsync("Subscribe", Request(since), CancellationToken.None, (end, reply, _) =>
            {
                if (reply is { IsDone: true })
                    OnSubscribed(reply);
                else
                    OnGapNotFilled(end);
            }).ConfigureAwait(false);
        }
        catch (RtmException)
        {
            // Told in the feed already, or the connection is gone and the subscription is about to be restored.
        }
    }

    private void OnGapNotFilled(CallEnd end)
    {
        lock (_lock)
        {
            if (_hasEnded)
                return;
            if (end == CallEnd.Answered)
                _line.GoOn();
            else
                _line.Forget();
        }
    }
}
