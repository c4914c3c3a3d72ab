using System.Text.Json;
using ImOrleans.Client.Wire;

namespace ImOrleans.Client;

/// <summary>
/// The messages of all conversations of a client's user: pulled and pushed ones put together, each once, in order, and
/// where some may be missing. Make it before the client connects; it does the rest.
/// </summary>
/// <remarks>
/// <para>
/// <b>Guarantee:</b> what was acknowledged was put away by <see cref="ConversationStoreOptions.SaveAsync"/> before.
/// Between two messages of a conversation none is missing, unless a <see cref="MessageGap"/> says so; own messages that
/// others of the user's devices send, and those of others that come while this device sends, may take their place
/// between others a moment later.
/// </para>
/// <para>
/// It pulls when the client has connected, also after a reconnect, on <see cref="NewConversationMessages"/>, and when
/// something pushed was dropped or does not go on from what is here; what fails is tried again after 1 s, 2 s and so on
/// up to 1 min. A refusal that is not <see cref="RtmException.Retryable"/> stops it until the next connection or
/// notice; <see cref="CaughtUpAsync"/> throws it.
/// </para>
/// <para>
/// <b>It is the only reader of <see cref="RtmConversations.Pushed"/>,</b> and the app neither pulls nor acknowledges
/// beside it.
/// </para>
/// <para><b>Threads:</b> all members may be used from several threads at once.</para>
/// </remarks>
public sealed class ConversationStore : IAsyncDisposable
{
    /// <summary>Types that are not counted as unread; see PROTOCOL.md, SendMessage.</summary>
    private static readonly HashSet<string> NotCounted =
        ["RC:ContactNtf", "RC:ProfileNtf", "RC:CmdNtf", "RC:InfoNtf", "RC:GrpNtf", "RC:RcCmd"];

    private readonly CancellationTokenSource _stop = new();
    private readonly RtmClient _client;
    private readonly ConversationStoreOptions _options;
    private readonly ConversationBook _book;
    private readonly ConversationReader _reader;
    private readonly IAsyncEnumerator<PushedMessages> _pushed;
    private readonly Task _running;
    private int _disposing;

    /// <summary>A store of a client that has no other one.</summary>
    /// <exception cref="InvalidOperationException">
    /// The client has a store already, or somebody reads <see cref="RtmConversations.Pushed"/>.
    /// </exception>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public ConversationStore(RtmClient client, ConversationStoreOptions options)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        (_client, _options) = (client, options);
        Changes = new(client.FeedItemsMax);
        _book = new(options, Changes.Post);
        _pushed = Pushed(client, _stop.Token);
        _reader = new(client, _book, options, _pushed);
        client.Conversations.Attach(_reader.OnEvent);
        _reader.Begin();
        _running = Task.Run(RunAsync);
    }

    /// <summary>
    /// What is new, change by change. Where <see cref="FeedItem.DroppedBefore"/> is not 0, read <see
    /// cref="Conversations"/> anew. Ends with the store and with the client.
    /// </summary>
    public Feed<ConversationChange> Changes { get; }

    /// <summary>All conversations as they are now, those with the newest messages first.</summary>
    public IReadOnlyList<Conversation> Conversations => _book.All;

    /// <summary>One conversation as it is now. Null: nothing of it is here.</summary>
    public Conversation? Find(ConversationType type, string targetId)
    {
        ArgumentNullException.ThrowIfNull(targetId);
        return _book.Find(type, targetId);
    }

    /// <summary>
    /// Takes in what <see cref="ConversationStoreOptions.SaveAsync"/> was given before the app's restart, of each
    /// conversation all or the newest. What lies before the oldest message is a gap, unless that is the first of all.
    /// </summary>
    /// <param name="messages">In any order.</param>
    /// <param name="gaps">All that were given, but those that the app has filled.</param>
    /// <exception cref="InvalidOperationException">
    /// Something was delivered already: restore before the client connects.
    /// </exception>
    public void Restore(IEnumerable<ConversationMessage> messages, IEnumerable<ConversationGap> gaps)
    {
        ArgumentNullException.ThrowIfNull(messages);
        ArgumentNullException.ThrowIfNull(gaps);
        _book.Restore(messages, gaps);
    }

    /// <summary>
    /// Waits until all is here and acknowledged that waited for this device and that was pushed until now; for a
    /// connection too.
    /// </summary>
    /// <exception cref="RtmException">The server has refused for good; see the remarks of the class.</exception>
    /// <exception cref="ObjectDisposedException">The store or the client is disposed.</exception>
    public Task CaughtUpAsync(CancellationToken cancellationToken = default) =>
        _reader.CaughtUpAsync().WaitAsync(cancellationToken);

    /// <summary>
    /// Sends a message as <see cref="RtmConversations.SendAsync"/> does, and takes it in with the server's answer. What
    /// was masked comes as the server has stored it, a moment later.
    /// </summary>
    /// <exception cref="RtmException">As for <see cref="RtmConversations.SendAsync"/>.</exception>
    /// <exception cref="InvalidOperationException">
    /// <see cref="ConversationStoreOptions.SaveAsync"/> fails, and 1,000 messages wait for it; this one was not sent.
    /// </exception>
    public async Task<SentMessage> SendAsync(
        ConversationType type, string targetId, string objectName, object content, SendOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(content);
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposing) != 0, this);
        _book.EnsureRoom();
        var named = (options ?? new()) with { ClientMessageId = options?.ClientMessageId ?? Guid.NewGuid().ToString("N") };
        var json = JsonSerializer.Deserialize<JsonElement>(RawJson.Of(content).Text);
        SentMessage sent;
        try
        {
            sent = await _client.Conversations.SendAsync(type, targetId, objectName, json, named, cancellationToken)
                .ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is OperationCanceledException
            or RtmException { Retryable: true, RetryAfter: null } or RtmException { OutcomeUnknown: true })
        {
            // It may have been stored all the same.
            _reader.RequirePull();
            throw;
        }

        if (sent.IsMasked)
            _reader.RequirePull();
        else if (sent.Seq > 0)
            Take(new(type, targetId, _options.UserId, sent.UId, sent.Seq, sent.SentAt, objectName, json)
            {
                ClientMessageId = named.ClientMessageId,
                IsOwn = true,
                IsCounted = !NotCounted.Contains(objectName),
                Mentioned = named.Mentioned,
            });
        return sent;
    }

    /// <summary>
    /// Closes a gap, or a part of it, with messages that the app has got otherwise. They are not given to
    /// <see cref="ConversationStoreOptions.SaveAsync"/>. Where the conversation becomes too long by them, its oldest go
    /// again.
    /// </summary>
    /// <param name="type">The kind of the conversation.</param>
    /// <param name="targetId">The other user, or the group; where it has no messages here, nothing happens.</param>
    /// <param name="stretch">What is known now: there is nothing in it but <paramref name="messages"/>.</param>
    /// <param name="messages">In any order; those outside of the stretch are left aside.</param>
    /// <returns>Those that are new, in the order of their numbers.</returns>
    public IReadOnlyList<ConversationMessage> Fill(
        ConversationType type, string targetId, MessageGap stretch, IReadOnlyList<ConversationMessage> messages)
    {
        ArgumentNullException.ThrowIfNull(targetId);
        ArgumentNullException.ThrowIfNull(messages);
        return _book.Fill(type, targetId, stretch, messages);
    }

    /// <summary>Stops reading. What was not acknowledged comes again to whoever reads next.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposing, 1) != 0)
            return;
        await _stop.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        _stop.Dispose();
    }

    private static IAsyncEnumerator<PushedMessages> Pushed(RtmClient client, CancellationToken stop)
    {
        try
        {
            return client.Conversations.Pushed.GetAsyncEnumerator(stop);
        }
        catch (InvalidOperationException taken)
        {
            throw new InvalidOperationException(
                "A conversation store must be the only reader of Conversations.Pushed, and the only store of its client.", taken);
        }
    }

    private void Take(ConversationMessage sent)
    {
        _book.Send(sent);
        _reader.Wake();
    }

    private async Task RunAsync()
    {
        await _reader.RunAsync(_stop.Token).ConfigureAwait(false);
        _client.Conversations.Detach();

        // From now on another store may read it.
        await _pushed.DisposeAsync().ConfigureAwait(false);
        Changes.Complete();
    }
}
