using ImOrleans.Client.Connections;
using ImOrleans.Client.Wire;

namespace ImOrleans.Client;

/// <summary>
/// A stream channel that was joined with <see cref="RtmClient.JoinStreamChannelAsync"/>. It survives reconnects: roles
/// and subscriptions come back with it. It ends when it is left, when its token ends, when it cannot be restored, and
/// with the client's session; then its feeds end, and its calls throw 11001.
/// </summary>
/// <remarks>
/// <b>Errors:</b> every call throws <see cref="RtmException"/> with the server's code, or 10002, 10021, 10025 from the
/// client itself. A cancelled call that was sent already is undone where the server did it all the same, except for
/// messages.
/// <b>Threads:</b> all members may be used from several threads at once. Calls go out in the order in which they were
/// made.
/// </remarks>
public sealed class StreamChannel
{
    private readonly Lock _lock = new();
    private readonly ChannelRegistry _registry;
    private readonly StreamChannelOptions _options;
    private readonly PublisherBook _publishers = new();
    private readonly ChannelBook _book;
    private RtmException? _ended;

    internal StreamChannel(string name, StreamChannelOptions options, ChannelRegistry registry)
    {
        Name = name;
        _options = options;
        _registry = registry;
        _book = new(registry.Options.FeedItemsMax);
        TopicEvents = new(registry.Options.FeedItemsMax);
        PresenceEvents = new(registry.Options.FeedItemsMax);
        StorageEvents = new(registry.Options.FeedItemsMax);
        LockEvents = new(registry.Options.FeedItemsMax);
    }

    /// <summary>The channel's name.</summary>
    public string Name { get; }

    /// <summary>
    /// Whether the app has the channel; while the client reconnects, whether it is going to be restored.
    /// </summary>
    public bool IsJoined { get; private set; }

    /// <summary>
    /// Who publishes where, as far as the client has heard: topic to user ids, in the order in which they came. While
    /// the client reconnects this is what was before.
    /// </summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Publishers => _publishers.Topics;

    /// <summary>Changes of <see cref="Publishers"/>, from the first snapshot on.</summary>
    public Feed<TopicEvent> TopicEvents { get; }

    /// <summary>
    /// Who is there: a snapshot, then each change. Empty unless <see cref="StreamChannelOptions.WithPresence"/> was asked
    /// for.
    /// </summary>
    public Feed<PresenceEvent> PresenceEvents { get; }

    /// <summary>
    /// The channel's metadata: a snapshot, then each change. Empty unless <see cref="StreamChannelOptions.WithMetadata"/>
    /// was asked for.
    /// </summary>
    public Feed<StorageEvent> StorageEvents { get; }

    /// <summary>
    /// The channel's locks: a snapshot, then each change. Empty unless <see cref="StreamChannelOptions.WithLocks"/> was
    /// asked for.
    /// </summary>
    public Feed<LockEvent> LockEvents { get; }

    /// <summary>Becomes a publisher of a topic.</summary>
    /// <exception cref="RtmException">11008, 11012, 11014, 11015, 11018.</exception>
    public async Task JoinTopicAsync(
        string topic, JoinTopicOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(topic);
        var role = (topic, options ?? new());
        await CallAsync("JoinTopic", JoinTopicRequest(role), cancellationToken, (_, reply, abandoned) =>
        {
            if (reply is not { IsDone: true })
                return;
            _book.AddRole(role);
            if (abandoned)
                _registry.Undo(LeaveTopicAsync(topic, CancellationToken.None));
        }).ConfigureAwait(false);
    }

    /// <summary>Ceases to be a publisher of a topic. Subscriptions stay.</summary>
    /// <exception cref="RtmException">11008, 11012, 11016.</exception>
    public async Task LeaveTopicAsync(string topic, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(topic);
        await LeavingAsync(
            "LeaveTopic", new { channel = Name, topic }, () => _book.RemoveRole(topic), cancellationToken)
            .ConfigureAwait(false);
    }

    /// <summary>Publishes in a topic that one has joined. Never repeated by the client.</summary>
    /// <remarks><b>Guarantee:</b> when it returns, the topic has taken the message; nobody's receipt is waited
    /// for.</remarks>
    /// <exception cref="RtmException">
    /// 11010, 11012, 11016, 11025, 11026, 11029. <see cref="RtmException.OutcomeUnknown"/> when the answer was lost.
    /// </exception>
    public async Task PublishAsync(
        string topic, Payload payload, PublishOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(topic);
        var request = new
        {
            channel = Name,
            topic,
            messageType = WireWords.MessageType(payload),
            payload = WireWords.Content(payload),
            customType = options?.CustomType,
            sendTs = options?.SendTimestamp,
        };
        await CallAsync("PublishTopic", request, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Follows publishers of a topic, in addition to those that are followed.</summary>
    /// <param name="topic">The topic; it need not exist yet.</param>
    /// <param name="users">
    /// Whom; they may be named before they publish. At most 256. Null or empty: everybody who publishes now, not who
    /// comes later.
    /// </param>
    /// <param name="cancellationToken">Stops waiting; what was subscribed all the same is unsubscribed.</param>
    /// <returns>Who is followed, and the topic's feed. When nobody is, the feed ends at once.</returns>
    /// <exception cref="RtmException">10006, 11003, 11008, 11011, 11012, 11014.</exception>
    public async Task<TopicSubscription> SubscribeTopicAsync(
        string topic, IEnumerable<string>? users = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(topic);
        var request = new { channel = Name, topic, users = users?.ToList() ?? [] };
        // Messages can come before the answer.
        var follow = _book.BeginFollow(topic);
        var reply = await CallAsync("SubscribeTopic", request, cancellationToken, (_, reply, abandoned) =>
        {
            var added = _book.EndFollow(follow, reply is { IsDone: true } ? reply.Names("succeeded") : []);
            if (abandoned && added.Count > 0)
                _registry.Undo(UnsubscribeTopicAsync(topic, added, CancellationToken.None));
        }).ConfigureAwait(false);
        return new(topic, reply.Names("succeeded"), reply.Names("failed"), follow.Feed);
    }

    /// <summary>Ceases to follow publishers of a topic.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="users">Whom. Null or empty: everybody; the topic's feed ends.</param>
    /// <param name="cancellationToken">Stops waiting; the call is not undone.</param>
    /// <exception cref="RtmException">10006, 11008, 11011, 11012, 11013.</exception>
    public async Task UnsubscribeTopicAsync(
        string topic, IEnumerable<string>? users = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(topic);
        var names = users?.ToList() ?? [];
        var request = new { channel = Name, topic, users = names };
        await LeavingAsync("UnsubscribeTopic", request, () => _book.Unfollow(topic, names), cancellationToken)
            .ConfigureAwait(false);
    }

    /// <summary>Whom one follows in a topic, by the server's book; empty without a subscription.</summary>
    /// <exception cref="RtmException">11008, 11012.</exception>
    public async Task<IReadOnlyList<string>> GetSubscribedUsersAsync(
        string topic, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(topic);
        var reply = await CallAsync("GetSubscribedUsers", new { channel = Name, topic }, cancellationToken)
            .ConfigureAwait(false);
        return reply.Names("users");
    }

    /// <summary>Renews the channel's token.</summary>
    /// <param name="token">The new token. Null: asks the channel's token provider.</param>
    /// <param name="cancellationToken">Stops waiting; the token may be in force all the same.</param>
    /// <returns>When the new token ends, by the server's clock.</returns>
    /// <exception cref="InvalidOperationException">No token was given, and the channel has no provider.</exception>
    /// <exception cref="RtmException">10005, 10006, 10009, 10017, 10026.</exception>
    public async Task<DateTimeOffset> RenewTokenAsync(string? token = null, CancellationToken cancellationToken = default)
    {
        if (token is null)
        {
            var provider = _options.TokenProvider
                ?? throw new InvalidOperationException($"The channel {Name} was joined without a token provider.");
            token = await provider(cancellationToken).ConfigureAwait(false);
        }

        var reply = await CallAsync("RenewToken", new { token, channel = Name }, cancellationToken).ConfigureAwait(false);
        return reply.Time("expiresAt");
    }

    /// <summary>Leaves the channel, with all publisher roles and subscriptions.</summary>
    public Task LeaveAsync(CancellationToken cancellationToken = default) =>
        LeavingAsync("LeaveChannel", new { channel = Name }, () => End(null), cancellationToken);

    internal bool HasTokenProvider => _options.TokenProvider is not null;

    internal async Task<object> JoinRequestAsync(CancellationToken cancellationToken)
    {
        var token = _options.TokenProvider is { } provider
            ? await provider(cancellationToken).AsTask().WaitAsync(cancellationToken).ConfigureAwait(false)
            : null;
        return _options is { WithPresence: false, BeQuiet: false, WithMetadata: false, WithLocks: false }
            ? new { channel = Name, token }
            : new
            {
                channel = Name, token, withPresence = _options.WithPresence, beQuiet = _options.BeQuiet,
                withMetadata = _options.WithMetadata, withLock = _options.WithLocks,
            };
    }

    internal void OnJoined(WireReply reply)
    {
        _publishers.Begin(WireWords.Topics(reply.Data));
        lock (_lock)
            IsJoined = _ended is null;
    }

    internal void OnMessage(TopicMessage message) => _book.FindFeed(message.Topic)?.Post(message);

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

    internal void OnTopicEvent(WireTopicEvent told)
    {
        switch (told.Type)
        {
            case "snapshot":
                var topics = WireWords.Topics(told.Snapshot);
                _publishers.Replace(topics);
                TopicEvents.Post(new TopicSnapshot(Name, topics));
                break;
            case "join" when _publishers.Join(told.Topic, told.UserId):
                TopicEvents.Post(new PublisherJoined(Name, told.Topic, told.UserId));
                break;
            case "leave" when _publishers.Leave(told.Topic, told.UserId):
                TopicEvents.Post(new PublisherLeft(Name, told.Topic, told.UserId));
                break;
            default:
                // What is known already, and what later servers may tell.
                break;
        }
    }

    /// <summary>Nothing comes any more, and nothing is restored.</summary>
    internal void End(RtmException? why)
    {
        lock (_lock)
        {
            if (_ended is not null)
                return;
            IsJoined = false;
            _ended = RtmException.Of(RtmErrorCodes.ChannelNotJoined, $"The channel {Name} is not joined any more.", inner: why);
        }

        _registry.Remove(this);
        TopicEvents.Complete(why);
        PresenceEvents.Complete(why);
        StorageEvents.Complete(why);
        LockEvents.Complete(why);
        _book.Close(why);
    }

    /// <summary>
    /// Joins again over a new link, then takes up the roles and subscriptions, in the order in which they came.
    /// </summary>
    internal async Task RestoreAsync(ChannelRestorer restorer)
    {
        if (await RejoinAsync(restorer).ConfigureAwait(false) is { } refusal)
        {
            restorer.Report(Name, null, [], refusal);
            End(refusal as RtmException ?? RtmException.Of(
                RtmErrorCodes.InvalidToken, $"No token for the channel {Name} could be had.", inner: refusal));
            return;
        }

        foreach (var role in _book.Roles)
        {
            var reply = await restorer.CallAsync("JoinTopic", JoinTopicRequest(role)).ConfigureAwait(false);
            if (reply.IsDone)
                continue;
            _book.RemoveRole(role.Topic);
            restorer.Report(Name, role.Topic, [], reply.ToException());
        }

        foreach (var (follow, users) in _book.Follows)
            await RefollowAsync(restorer, follow, users).ConfigureAwait(false);
    }

    private async Task<Exception?> RejoinAsync(ChannelRestorer restorer)
    {
        object request;
        try
        {
            request = await JoinRequestAsync(restorer.Cancellation)
                .WaitAsync(_registry.Options.ConnectTimeout, _registry.Options.TimeProvider, restorer.Cancellation)
                .ConfigureAwait(false);
        }
#pragma warning disable CA1031 // The app's own provider may throw anything; it costs this channel alone.
        catch (Exception failure) when (!restorer.Cancellation.IsCancellationRequested)
#pragma warning restore CA1031
        {
            return failure;
        }

        var reply = await restorer.CallAsync("JoinChannel", request).ConfigureAwait(false);
        return reply.IsDone ? null : reply.ToException();
    }

    private async Task RefollowAsync(ChannelRestorer restorer, TopicFollow follow, IReadOnlyList<string> users)
    {
        var reply = await restorer
            .CallAsync("SubscribeTopic", new { channel = Name, topic = follow.Topic, users }).ConfigureAwait(false);
        IReadOnlyList<string> lost = reply.IsDone ? [.. users.Except(reply.Names("succeeded"))] : users;
        if (lost.Count == 0)
            return;
        var why = reply.IsDone
            ? new RtmException(
                11003, "CHANNEL_EXCEED_TOPIC_USER_LIMITATION", "Not all publishers could be followed again.", false)
            : reply.ToException();
        restorer.Report(Name, follow.Topic, lost, why);
        _book.Unfollow(follow.Topic, [.. lost], why);
    }

    private object JoinTopicRequest((string Topic, JoinTopicOptions Options) role) => new
    {
        channel = Name,
        topic = role.Topic,
        qos = WireWords.Of(role.Options.Qos),
        priority = WireWords.Of(role.Options.Priority),
        meta = role.Options.Meta,
    };

    private RtmException Ended() =>
        RtmException.Of(_ended!.Code, $"The channel {Name} is not joined any more.", inner: _ended.InnerException);

    private void ThrowIfEnded()
    {
        lock (_lock)
        {
            if (_ended is not null)
                throw Ended();
        }
    }

    private Task<WireReply> CallAsync(
        string method, object request, CancellationToken cancellationToken, SettleCall? settle = null)
    {
        try
        {
            ThrowIfEnded();
        }
        catch (RtmException ended)
        {
            settle?.Invoke(CallEnd.NotSent, null, false);
            return Task.FromException<WireReply>(ended);
        }

        return _registry.CallAsync(method, request, cancellationToken, settle);
    }

    /// <summary>
    /// A call that gives something up. When the connection is lost on the way it is done: the session has ended, and it
    /// is not restored.
    /// </summary>
    private async Task LeavingAsync(string method, object request, Action forget, CancellationToken cancellationToken)
    {
        try
        {
            await CallAsync(method, request, cancellationToken, (end, reply, _) =>
            {
                if (end == CallEnd.Lost || reply is { IsDone: true })
                    forget();
            }).ConfigureAwait(false);
        }
        catch (RtmException lost) when (lost is { OutcomeUnknown: true, Code: RtmErrorCodes.NotConnected })
        {
            // Done, as said above.
        }
    }
}
