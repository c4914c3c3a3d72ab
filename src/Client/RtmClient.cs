using System.Text.Json;
using ImOrleans.Client.Connections;
using ImOrleans.Client.Wire;
using Microsoft.Extensions.Logging;

namespace ImOrleans.Client;

/// <summary>
/// A client of one user on one device. Connects, connects again when the connection is lost, restores what the app had,
/// and renews tokens.
/// </summary>
/// <remarks>
/// <b>Guarantee:</b> calls go out in the order in which they were made. None is sent twice: when the connection is lost
/// before the answer, the caller gets an <see cref="RtmException"/> whose <see cref="RtmException.OutcomeUnknown"/> is
/// true. Messages come at most once and in the order of each publisher; those of the time without a connection are
/// gone, but those of message channels, which come later while the server keeps them.
/// <b>Errors:</b> every call throws <see cref="RtmException"/> with the server's code; from the client itself come
/// 10002 (not connected by the app), 10021 (too many unfinished calls) and 10025 (no connection in time, or lost).
/// <b>Threads:</b> all members may be used from several threads at once.
/// </remarks>
public sealed partial class RtmClient : IAsyncDisposable
{
    private readonly RtmClientOptions _options;
    private readonly ILinkFactory _links;
    private readonly CallQueue _calls;
    private readonly ChannelRegistry _channels;
    private readonly MessageChannelRegistry _messageChannels;
    private readonly ConnectionKeeper _keeper;
    private readonly TokenRenewer _renewer;
    private readonly ILogger _logger;
    private int _disposing;

    /// <summary>A client that is not connected yet.</summary>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public RtmClient(RtmClientOptions options)
        : this(Checked(options), new SignalRLinkFactory(options), Random.Shared)
    {
    }

    internal RtmClient(RtmClientOptions options, ILinkFactory links, Random random)
    {
        _options = Checked(options);
        _links = links;
        _logger = options.LoggerFactory.CreateLogger<RtmClient>();
        _calls = new(options);
        _channels = new(options, _calls, _logger);
        Storage = new(_channels);
        Locks = new(_channels);
        Presence = new(_channels);
        History = new(_channels);
        Conversations = new(_channels, options.FeedItemsMax);
        Discussions = new(_channels);
        _channels.Left = name => Presence.Forget(ChannelType.Stream, name);
        Events = new(options.FeedItemsMax);
        UserMessages = new(options.FeedItemsMax);
        _messageChannels = new(_channels, Events.Post, name => Presence.Forget(ChannelType.Message, name));
        _renewer = new(options, Events.Post, _logger);
        _keeper = new(options, links, _calls, new Host(this), random, _logger);
    }

    /// <summary>Where the connection stands.</summary>
    public ConnectionState State => _keeper.State;

    /// <summary>
    /// What happens to the client: states of the connection, tokens, what could not be restored. Ends when it is
    /// disposed.
    /// </summary>
    public Feed<ClientEvent> Events { get; }

    /// <summary>Messages to this user. Ends when the client is disposed.</summary>
    public Feed<UserMessage> UserMessages { get; }

    /// <summary>Metadata of channels and users.</summary>
    public RtmStorage Storage { get; }

    /// <summary>Locks of channels.</summary>
    public RtmLocks Locks { get; }

    /// <summary>Who is in which channel, and what users say of themselves.</summary>
    public RtmPresence Presence { get; }

    /// <summary>Messages that were published to be kept.</summary>
    public RtmHistory History { get; }

    /// <summary>Messages that wait for whoever is away.</summary>
    public RtmConversations Conversations { get; }

    /// <summary>Who is in discussions, and what they are called.</summary>
    public RtmDiscussions Discussions { get; }

    internal TimeProvider Clock => _options.TimeProvider;

    internal int FeedItemsMax => _options.FeedItemsMax;

    /// <summary>Connects and logs in; once: a first attempt that fails is the caller's to repeat.</summary>
    /// <remarks>
    /// Does nothing while the client is connected or reconnects. After <see cref="ConnectionState.Failed"/> it starts
    /// anew, without channels.
    /// </remarks>
    /// <exception cref="RtmException">
    /// 10005, 10006, 10009, 10012: the token is refused, or the user has too many devices. 10014: the device is
    /// refused. 10010, 10011, 10025: not now.
    /// </exception>
    public Task ConnectAsync(CancellationToken cancellationToken = default) => _keeper.ConnectAsync(cancellationToken);

    /// <summary>
    /// Logs out and ends the connection. All channels end. Calls that were sent come to their end before.
    /// </summary>
    /// <remarks>Takes some eight seconds at most, whatever the server does, and never throws for it.</remarks>
    public Task DisconnectAsync(CancellationToken cancellationToken = default) => _keeper.DisconnectAsync(cancellationToken);

    /// <summary>Joins a stream channel.</summary>
    /// <exception cref="RtmException">10005, 10006, 10008, 10009, 11005, 11007, 11012.</exception>
    public Task<StreamChannel> JoinStreamChannelAsync(
        string name, StreamChannelOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(name);
        return _channels.JoinAsync(name, options ?? new(), cancellationToken);
    }

    /// <summary>Subscribes to a message channel.</summary>
    /// <param name="name">The channel.</param>
    /// <param name="options">What to hear of, and from where on.</param>
    /// <param name="cancellationToken">Stops waiting; a subscription that was made all the same is ended.</param>
    /// <exception cref="RtmException">10008, 10017 (subscribed to already), 11005, 11012, 11020, 11021.</exception>
    public Task<MessageChannel> SubscribeChannelAsync(
        string name, MessageChannelOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(name);
        return _messageChannels.SubscribeAsync(name, options ?? new(), cancellationToken);
    }

    /// <summary>
    /// Sends a message to all who are subscribed to a message channel; no subscription is needed. Never repeated by the
    /// client; an app may, with the same <see cref="PublishOptions.IdempotencyKey"/>.
    /// </summary>
    /// <param name="channel">The message channel.</param>
    /// <param name="payload">Text or bytes.</param>
    /// <param name="options">A label, a key.</param>
    /// <param name="cancellationToken">Takes the message back unless it was sent already.</param>
    /// <exception cref="RtmException">
    /// 10008, 10014, 11010, 11012, 11025, 11026, 11029, 15001, 15003, 15005. <see cref="RtmException.OutcomeUnknown"/>
    /// when the answer was lost.
    /// </exception>
    public async Task<PublishedMessage> PublishToChannelAsync(
        string channel, Payload payload, PublishOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(channel);
        var request = new
        {
            channel,
            channelType = "message",
            messageType = WireWords.MessageType(payload),
            payload = WireWords.Content(payload),
            customType = options?.CustomType,
            idempotencyKey = options?.IdempotencyKey,
            storeInHistory = options?.StoreInHistory ?? false,
        };
        var reply = await _channels.CallAsync("Publish", request, cancellationToken).ConfigureAwait(false);
        return new(reply.Position(), reply.Time("sentAt"));
    }

    /// <summary>Sends a message to all connected devices of a user. Never repeated by the client.</summary>
    /// <param name="userId">The receiver.</param>
    /// <param name="payload">Text or bytes.</param>
    /// <param name="options">A label, for one.</param>
    /// <param name="cancellationToken">Takes the message back unless it was sent already.</param>
    /// <returns>The server's clock when it took the message; the receiver gets the same.</returns>
    /// <exception cref="RtmException">
    /// 10006, 11010, 11024, 11025, 11026, 11029, 11033, 15001, 15003, 15005. <see cref="RtmException.OutcomeUnknown"/>
    /// when the answer was lost.
    /// </exception>
    public async Task<DateTimeOffset> PublishToUserAsync(
        string userId, Payload payload, PublishOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(userId);
        var request = new
        {
            channel = userId,
            channelType = "user",
            messageType = WireWords.MessageType(payload),
            payload = WireWords.Content(payload),
            customType = options?.CustomType,
            storeInHistory = options?.StoreInHistory ?? false,
        };
        var reply = await _channels.CallAsync("Publish", request, cancellationToken).ConfigureAwait(false);
        return reply.Time("sentAt");
    }

    /// <summary>Renews the login token now. The client does so by itself when the token is about to end.</summary>
    /// <param name="token">The new token. Null: asks <see cref="RtmClientOptions.TokenProvider"/>.</param>
    /// <param name="cancellationToken">Stops waiting; the token may be in force all the same.</param>
    /// <returns>When the new token ends, by the server's clock.</returns>
    /// <exception cref="RtmException">10005, 10006, 10009, 10017, 10026. The old token stays in force.</exception>
    public async Task<DateTimeOffset> RenewTokenAsync(string? token = null, CancellationToken cancellationToken = default)
    {
        token ??= await _options.TokenProvider(cancellationToken).ConfigureAwait(false);
        var reply = await _channels.CallAsync("RenewToken", new { token }, cancellationToken).ConfigureAwait(false);
        return reply.Time("expiresAt");
    }

    /// <summary>The server's clock.</summary>
    public async Task<DateTimeOffset> GetServerTimeAsync(CancellationToken cancellationToken = default) =>
        (await _channels.CallAsync("GetServerTime", null, cancellationToken).ConfigureAwait(false)).Time("now");

    /// <summary>Logs out as <see cref="DisconnectAsync"/> does, and ends all feeds.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposing, 1) != 0)
            return;
        await _keeper.DisposeAsync().ConfigureAwait(false);
        Events.Complete();
        UserMessages.Complete();
        Conversations.End();
        _links.Dispose();
    }

    private static RtmClientOptions Checked(RtmClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        return options;
    }

    [LoggerMessage(LogEventIds.RestoreFailed, LogLevel.Warning, "Channel {Channel}, topic {Topic}: could not be restored.")]
    private partial void LogRestoreFailed(string channel, string? topic, Exception why);

    [LoggerMessage(LogEventIds.UnknownEvent, LogLevel.Debug, "A message of the unknown kind '{Kind}' was left aside.")]
    private partial void LogUnknown(string kind);

    /// <summary>The connection's side of the client, which the app does not see.</summary>
    private sealed class Host(RtmClient client) : IConnectionHost
    {
        public void OnMessages(IReadOnlyList<WireMessage> messages)
        {
            foreach (var message in messages)
            {
                switch (message.ChannelType)
                {
                    case "user":
                        client.UserMessages.Post(message.ToUserMessage());
                        break;
                    case "stream":
                        client._channels.Find(message.Channel)?.OnMessage(new(
                            message.Channel, message.Topic ?? "", message.Publisher, message.ToPayload(),
                            message.CustomType, DateTimeOffset.FromUnixTimeMilliseconds(message.SentAt), message.SendTs));
                        break;
                    case "message":
                        client._messageChannels.Find(message.Channel)?.OnMessage(message.ToChannelMessage());
                        break;
                    default:
                        client.LogUnknown(message.ChannelType);
                        break;
                }
            }
        }

        public void OnTopicEvents(IReadOnlyList<WireTopicEvent> events)
        {
            foreach (var one in events)
                client._channels.Find(one.Channel)?.OnTopicEvent(one);
        }

        public void OnPresenceEvents(IReadOnlyList<WirePresenceEvent> events)
        {
            foreach (var one in events)
                if (one.ChannelType == "stream")
                    client._channels.Find(one.Channel)?.OnPresenceEvent(one);
                else
                    client._messageChannels.Find(one.Channel)?.OnPresenceEvent(one);
        }

        public void OnStorageEvents(IReadOnlyList<WireStorageEvent> events)
        {
            foreach (var one in events)
                if (one.StorageType == "user")
                    client.Storage.OnEvent(one);
                else if (one.ChannelType == "stream")
                    client._channels.Find(one.Target)?.OnStorageEvent(one);
                else if (one.ChannelType == "message")
                    client._messageChannels.Find(one.Target)?.OnStorageEvent(one);
                else
                    client.LogUnknown($"{one.StorageType}/{one.ChannelType}");
        }

        public void OnLockEvents(IReadOnlyList<WireLockEvent> events)
        {
            foreach (var one in events)
            {
                client.Locks.OnEvent(one);
                if (one.ChannelType == "stream")
                    client._channels.Find(one.Channel)?.OnLockEvent(one);
                else if (one.ChannelType == "message")
                    client._messageChannels.Find(one.Channel)?.OnLockEvent(one);
            }
        }

        public void OnTokenEvents(IReadOnlyList<WireTokenEvent> events, CancellationToken linkEnded)
        {
            foreach (var one in events)
            {
                var channel = one.Channel.Length == 0 ? null : one.Channel;
                var expiresAt = DateTimeOffset.FromUnixTimeMilliseconds(one.ExpiresAt);
                if (one.Type == "willExpire")
                {
                    Report(new TokenWillExpire(channel, expiresAt));
                    Renew(channel, expiresAt, linkEnded);
                }
                else if (one.Type == "expired")
                {
                    Report(new TokenExpired(channel, expiresAt));
                    // The session has left the channel with it; the login's end is told as a close.
                    if (channel is not null)
                    {
                        client._channels.Find(channel)?.End(RtmException.Of(
                            RtmErrorCodes.TokenExpired, $"The token of the channel {channel} has ended."));
                    }
                }
            }
        }

        public void OnChatMessages(IReadOnlyList<JsonElement> messages, string ackToken) =>
            client.Conversations.OnPushed(messages, ackToken);

        public void Report(ClientEvent happened)
        {
            client.Events.Post(happened);
            client.Conversations.OnEvent(happened);
        }

        public async Task RestoreAsync(ILink link, CancellationToken cancellationToken)
        {
            var restorer = new ChannelRestorer(link, client._options, OnRestoreFailed, cancellationToken);
            // What has a time to live comes first.
            await client.Locks.RestoreAsync(restorer).ConfigureAwait(false);
            // What was said goes with the joins that follow.
            await client.Presence.RestoreAsync(restorer).ConfigureAwait(false);
            await client._channels.RestoreAsync(restorer).ConfigureAwait(false);
            await client._messageChannels.RestoreAsync(restorer).ConfigureAwait(false);
            await client.Storage.RestoreAsync(restorer).ConfigureAwait(false);
        }

        public Task CatchUpAsync(ILink link, CancellationToken cancellationToken) =>
            client._messageChannels.RestoreAsync(new(link, client._options, OnRestoreFailed, cancellationToken));

        public void OnEnded(RtmException? why)
        {
            client._channels.End(why);
            client._messageChannels.End(why);
            client.Storage.End(why);
            client.Locks.End();
            client.Presence.End();
        }

        private void OnRestoreFailed(RestoreFailed failed)
        {
            client.LogRestoreFailed(failed.Channel, failed.Topic, failed.Error);
            Report(failed);
        }

        private void Renew(string? channel, DateTimeOffset expiresAt, CancellationToken linkEnded)
        {
            if (!client._options.RenewTokens)
                return;
            var joined = channel is null ? null : client._channels.Find(channel);
            if (channel is not null && joined is not { HasTokenProvider: true })
                return;
            client._renewer.OnWillExpire(
                channel,
                expiresAt,
                token => joined is null
                    ? client.RenewTokenAsync(null, token)
                    : joined.RenewTokenAsync(null, token),
                linkEnded);
        }
    }
}
