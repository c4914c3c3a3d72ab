using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using ImOrleans.Client.Wire;

namespace ImOrleans.Client;

/// <summary>Messages that are stored before they are answered, and wait for whoever is away.</summary>
/// <remarks>
/// Pull when the client has connected, also after a reconnect, and when <see cref="RtmClient.Events"/> tells of
/// <see cref="NewConversationMessages"/>. Once all was pulled and acknowledged, what is new comes in <see
/// cref="Pushed"/>, until the connection is lost or more than 256 messages are not acknowledged. A message may come
/// both ways: it has the same
/// <see cref="ConversationMessage.UId"/>.
/// <b>Errors:</b> 24015: not done, or not known; 20604: more than 5 messages a second; 33003: a parameter is wrong.
/// </remarks>
public sealed class RtmConversations
{
    private const int ContentBytesMax = 128 * 1024;

    /// <summary>
    /// The server pushes no more that is not acknowledged, so a feed of a connection's length loses nothing.
    /// </summary>
    private const int UnacknowledgedMax = 256;

    private readonly ChannelRegistry _registry;
    private Action<ClientEvent?>? _store;
    private bool _hasEnded;

    internal RtmConversations(ChannelRegistry registry, int feedItemsMax)
    {
        _registry = registry;
        Pushed = new(Math.Max(feedItemsMax, UnacknowledgedMax));
    }

    /// <summary>
    /// New messages as they come, batch by batch. Acknowledge them, or they come again with the next pull. Where
    /// <see cref="FeedItem.DroppedBefore"/> is not 0, pull before you acknowledge: a token stands for all before it,
    /// too. A
    /// <see cref="ConversationStore"/> is the only reader while there is one.
    /// </summary>
    public Feed<PushedMessages> Pushed { get; }

    /// <summary>Sends a message; the answer comes when it is on the server's disk.</summary>
    /// <param name="type">The kind of the conversation.</param>
    /// <param name="targetId">The other user, or the group.</param>
    /// <param name="objectName">
    /// The type of the message, 1 to 64 bytes: <c>RC:TxtMsg</c>, or one of the app's own.
    /// </param>
    /// <param name="content">
    /// Becomes a JSON object of at most 128 KiB of UTF-8.
    /// </param>
    /// <param name="options">
    /// A name of the app's own, texts for push notifications; in groups and discussions for whom it is, whom it
    /// mentions.
    /// </param>
    /// <param name="cancellationToken">Takes the message back unless it was sent already.</param>
    /// <remarks>
    /// Never repeated by the client. Who repeats it, with the same <see cref="SendOptions.ClientMessageId"/>, never
    /// sends twice: do so after 24015 and when <see cref="RtmException.OutcomeUnknown"/> is true.
    /// </remarks>
    /// <exception cref="RtmException">
    /// 20407: there is no such group or discussion; 22406, 21406: this user is not in the group, in the discussion;
    /// 20604, 21501: it has a word that is not allowed, 24015, 33003, 405: the receiver does not want it.
    /// </exception>
    public Task<SentMessage> SendAsync(
        ConversationType type, string targetId, string objectName, object content, SendOptions? options = null,
        CancellationToken cancellationToken = default) =>
        SendOneAsync(type, targetId, objectName, content, options, isStatus: false, cancellationToken);

    private async Task<SentMessage> SendOneAsync(
        ConversationType type, string targetId, string objectName, object content, SendOptions? options, bool isStatus,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(targetId);
        ArgumentNullException.ThrowIfNull(objectName);
        ArgumentNullException.ThrowIfNull(content);
        var json = RawJson.Of(content);

        // The server closes a connection with a frame that is too long; so it is not sent.
        if (Encoding.UTF8.GetByteCount(json.Text) > ContentBytesMax)
            throw new RtmException(
                33003, "BIZ_ERROR_INVALID_PARAMETER", $"The content has more than {ContentBytesMax} bytes as JSON.", false);
        var request = new
        {
            conversationType = (int)type,
            targetId,
            objectName,
            content = json,
            clientMessageId = options?.ClientMessageId ?? Guid.NewGuid().ToString("N"),
            pushContent = options?.PushContent,
            pushData = options?.PushData,
            toUserIds = options?.ToUserIds,
            mentioned = options?.Mentioned is { } mention
                ? new { type = mention.UserIds is null ? "all" : "part", userIds = mention.UserIds }
                : null,
            isStatus,
        };
        var reply = await _registry.CallAsync("SendMessage", request, cancellationToken).ConfigureAwait(false);
        return new(
            reply.Data.GetProperty("messageUId").GetString()!, reply.Data.GetProperty("seq").GetInt64(), reply.Time("sentTime"))
        {
            IsMasked = reply.Code == RtmErrorCodes.SensitiveReplace,
        };
    }

    /// <summary>Sends a text to a user, as <c>RC:TxtMsg</c>.</summary>
    public Task<SentMessage> SendTextAsync(
        string userId, string text, SendOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        return SendAsync(ConversationType.Private, userId, "RC:TxtMsg", new { content = text }, options, cancellationToken);
    }

    /// <summary>
    /// Sends a message that is not stored: it reaches who is connected now, soon or never, as a
    /// <see cref="ConversationStatusReceived"/>.
    /// </summary>
    /// <param name="type">The kind of the conversation.</param>
    /// <param name="targetId">The other user, or the group.</param>
    /// <param name="objectName">The type of the message, 1 to 64 bytes.</param>
    /// <param name="content">Becomes a JSON object of at most 128 KiB.</param>
    /// <param name="cancellationToken">Takes the message back unless it was sent already.</param>
    /// <returns>Its name and time; its number is 0.</returns>
    /// <exception cref="RtmException">As for <see cref="SendAsync"/>.</exception>
    public Task<SentMessage> SendStatusAsync(
        ConversationType type, string targetId, string objectName, object content, CancellationToken cancellationToken = default) =>
        SendOneAsync(type, targetId, objectName, content, null, isStatus: true, cancellationToken);

    /// <summary>Tells that this user writes, as <c>RC:TypSts</c>; receivers show it for some 6 s.</summary>
    /// <param name="type">The kind of the conversation.</param>
    /// <param name="targetId">The other user, or the group.</param>
    /// <param name="contentType">The type of what is being written.</param>
    /// <param name="cancellationToken">Takes it back unless it was sent already.</param>
    /// <exception cref="RtmException">As for <see cref="SendAsync"/>.</exception>
    public Task SendTypingAsync(
        ConversationType type, string targetId, string contentType = "RC:TxtMsg", CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(targetId);
        ArgumentNullException.ThrowIfNull(contentType);
        return _registry.CallAsync(
            "SendTyping", new { conversationType = (int)type, targetId, contentType }, cancellationToken);
    }

    /// <summary>Gets the next messages that this device has not acknowledged; the same ones until it has.</summary>
    /// <param name="count">At most so many: 1 to 200, else 33003.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task<PulledMessages> PullAsync(int count = 100, CancellationToken cancellationToken = default)
    {
        var reply = await _registry.CallAsync("PullMessages", new { count }, cancellationToken).ConfigureAwait(false);
        return new(
            [.. reply.Data.GetProperty("messages").EnumerateArray().Select(Read)],
            reply.Data.TryGetProperty("ackToken", out var token) ? token.GetString() : null,
            reply.Data.GetProperty("finished").GetBoolean())
        {
            Skipped = reply.Data.TryGetProperty("skipped", out var skipped) ? [.. skipped.EnumerateArray().Select(ReadGap)] : [],
        };
    }

    /// <summary>
    /// This device has the messages of a pull or a pushed batch, and all before them in the same conversations.
    /// </summary>
    /// <param name="ackToken">
    /// Theirs. That of a pushed batch counts on the connection that it came over; later it has no effect, and the
    /// messages come again.
    /// </param>
    /// <param name="cancellationToken">Stops waiting; they may be acknowledged all the same.</param>
    public Task AcknowledgeAsync(string ackToken, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(ackToken);
        return _registry.CallAsync("AckMessages", new { ackToken }, cancellationToken);
    }

    /// <summary>
    /// Gets all messages that this device has not acknowledged, page by page. A page is acknowledged when its last
    /// message was taken and the next one is asked for: what the app had not finished with when it stopped comes again.
    /// </summary>
    public async IAsyncEnumerable<ConversationMessage> PullAllAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        PulledMessages page;
        do
        {
            page = await PullAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
            foreach (var message in page.Messages)
                yield return message;
            if (page.AckToken is { } token)
                await AcknowledgeAsync(token, cancellationToken).ConfigureAwait(false);
        }
        while (!page.IsFinished);
    }

    /// <summary>
    /// Puts a user on the blacklist: its private messages are refused with 405. This user may still write to it.
    /// </summary>
    /// <param name="userId">Whom; one that is there already stays where it is.</param>
    /// <param name="cancellationToken">Stops waiting; it may be done all the same.</param>
    /// <exception cref="RtmException">33003; 37001: not done, or not known; or 1,000 users are there.</exception>
    public Task AddToBlacklistAsync(string userId, CancellationToken cancellationToken = default) =>
        _registry.CallAsync("AddToBlacklist", new { userId }, cancellationToken);

    /// <summary>Takes a user from the blacklist, whether it is there or not.</summary>
    /// <param name="userId">Whom.</param>
    /// <param name="cancellationToken">Stops waiting; it may be done all the same.</param>
    /// <exception cref="RtmException">33003; 37003: not done, or not known.</exception>
    public Task RemoveFromBlacklistAsync(string userId, CancellationToken cancellationToken = default) =>
        _registry.CallAsync("RemoveFromBlacklist", new { userId }, cancellationToken);

    /// <summary>The users on the blacklist, in the order in which they were added.</summary>
    /// <exception cref="RtmException">37002: it cannot be read now.</exception>
    public async Task<IReadOnlyList<string>> GetBlacklistAsync(CancellationToken cancellationToken = default)
    {
        var reply = await _registry.CallAsync("GetBlacklist", new { }, cancellationToken).ConfigureAwait(false);
        return reply.Names("userIds");
    }

    /// <summary>Whether a user is on the blacklist.</summary>
    /// <param name="userId">Who.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="RtmException">33003; 37002: it cannot be read now.</exception>
    public async Task<bool> IsBlacklistedAsync(string userId, CancellationToken cancellationToken = default)
    {
        var reply = await _registry.CallAsync("GetBlacklistStatus", new { userId }, cancellationToken).ConfigureAwait(false);

        // 0 is on the list.
        return reply.Data.GetProperty("status").GetInt32() == 0;
    }

    /// <summary>Sets for how many days messages wait for this user's devices.</summary>
    /// <param name="days">1 to 7, else 33003.</param>
    /// <param name="cancellationToken">Stops waiting; it may be done all the same.</param>
    /// <exception cref="RtmException">33003; 24015: not done, or not known.</exception>
    public Task SetOfflineDaysAsync(int days, CancellationToken cancellationToken = default) =>
        _registry.CallAsync("SetOfflineDuration", new { days }, cancellationToken);

    /// <summary>
    /// Gives what happens to the client to its one store, the reader of <see cref="Pushed"/>; null at the end.
    /// </summary>
    internal void Attach(Action<ClientEvent?> store)
    {
        Volatile.Write(ref _store, store);
        if (Volatile.Read(ref _hasEnded))
            store(null);
    }

    internal void Detach() => Volatile.Write(ref _store, null);

    internal void OnEvent(ClientEvent happened) => Volatile.Read(ref _store)?.Invoke(happened);

    internal void End()
    {
        Volatile.Write(ref _hasEnded, true);
        Pushed.Complete();
        Volatile.Read(ref _store)?.Invoke(null);
    }

    internal void OnPushed(IReadOnlyList<JsonElement> messages, string ackToken) =>
        Pushed.Post(new([.. messages.Select(Read)], ackToken));

    internal static ConversationMessage Read(JsonElement message) => new(
        (ConversationType)message.GetProperty("conversationType").GetInt32(),
        message.GetProperty("targetId").GetString()!,
        message.GetProperty("senderUserId").GetString()!,
        message.GetProperty("messageUId").GetString()!,
        message.GetProperty("seq").GetInt64(),
        DateTimeOffset.FromUnixTimeMilliseconds(message.GetProperty("sentTime").GetInt64()),
        message.GetProperty("objectName").GetString()!,
        message.GetProperty("content").Clone())
    {
        ClientMessageId = message.TryGetProperty("clientMessageId", out var name) ? name.GetString() : null,
        IsOwn = message.GetProperty("messageDirection").GetInt32() == 1,
        IsCounted = message.GetProperty("isCounted").GetBoolean(),
        IsOffline = message.GetProperty("isOffLineMessage").GetBoolean(),
        Mentioned = message.TryGetProperty("mentioned", out var mention) ? ReadMention(mention) : null,
    };

    private static ConversationGap ReadGap(JsonElement stretch) => new(
        (ConversationType)stretch.GetProperty("conversationType").GetInt32(),
        stretch.GetProperty("targetId").GetString()!,
        new(stretch.GetProperty("afterSeq").GetInt64(), stretch.GetProperty("beforeSeq").GetInt64()));

    private static Mention ReadMention(JsonElement mention) =>
        mention.TryGetProperty("userIds", out var users)
            ? Mention.Of([.. users.EnumerateArray().Select(user => user.GetString()!)])
            : Mention.All;
}
