using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Domain.Limits;
using ImOrleans.Domain.Messages;
using ImOrleans.Gateway.Auth.Permissions;
using ImOrleans.Grains.Abstractions.Sessions;

namespace ImOrleans.Gateway.Sessions;

/// <summary>One login of one device, over one connection after the other, for times over none.</summary>
internal sealed class Session(
    SessionId id, UserId user, DeviceId device, SessionToken token, ISessionConnection? connection,
    SessionOutbox outbox, SessionLimits limits, TimeProvider clock)
{
    /// <summary>How long a last event may take to reach a client that is closed.</summary>
    private static readonly TimeSpan ClosePatience = TimeSpan.FromSeconds(1);

    private readonly Dictionary<ChannelName, DateTimeOffset> _warned = [];
    private readonly Lock _link = new();
    private ISessionConnection? _connection = connection;
    private Action? _stopWaiting;
    private int _detachments;
    private bool _isGivenUp;
    private int _isEnded;
    private int _isExpiring;
    private int _isClosing;

    public SessionId Id { get; } = id;

    public UserId User { get; } = user;

    public DeviceId Device { get; } = device;

    /// <summary>The kind of the device.</summary>
    public DeviceClass Class { get; init; }

    /// <summary>True when its client hears of nothing but messages of channels, and those in packs.</summary>
    public bool IsInRoom => Class == DeviceClass.Room;

    public SessionOutbox Outbox { get; } = outbox;

    public SessionLimits Limits { get; } = limits;

    /// <summary>Where its client is; null while its connection is lost.</summary>
    public ISessionConnection? Connection => Volatile.Read(ref _connection);

    /// <summary>What the client shows to come back; null when it cannot.</summary>
    public SessionKey? Key { get; init; }

    /// <summary>
    /// What the user grain keeps of it for the loss of this gateway, as it has confirmed; null when its client cannot come
    /// back. Changed under the gate of the user's route.
    /// </summary>
    public SessionRecord? Record { get; set; }

    /// <summary>The session of another gateway that it goes on for, as long as that one is there.</summary>
    public SessionId? Replaces { get; set; }

    /// <summary>
    /// True when it cannot go to another gateway: a publish that was given up may still arrive, after those from there.
    /// </summary>
    public bool IsBoundHere { get; set; }

    /// <summary>True when its client gets what it is told, now or once it is back.</summary>
    public bool IsReachable => Connection is not null || Key is not null;

    /// <summary>How long it outlives a lost connection.</summary>
    public TimeSpan PresenceTimeout { get; set; }

    /// <summary>
    /// How long its user counts as there for locks when this gateway is lost; null when nobody can come back to it.
    /// </summary>
    public TimeSpan? LockTimeout => Key is null ? null : PresenceTimeout;

    /// <summary>When it began here.</summary>
    public DateTimeOffset BeganAt { get; } = clock.GetUtcNow();

    /// <summary>Whether messages of conversations are pushed to it or pulled by it.</summary>
    public SessionInbox Inbox { get; } = new(id, user);

    /// <summary>The order of this client's calls.</summary>
    public CallOrder Calls { get; } = new(clock);

    /// <summary>The login token in force.</summary>
    public SessionToken Token { get; set; } = token;

    /// <summary>
    /// The tokens with which channels were joined, to know one that is given twice. Under the calls' order.
    /// </summary>
    public Dictionary<ChannelName, SessionToken> ChannelTokens { get; } = [];

    /// <summary>Where it watches metadata or locks, has locks, or waits for them.</summary>
    public SessionSharedData SharedData { get; } = new();

    /// <summary>What it says of its user in channels where it is not yet.</summary>
    public SessionStates States { get; } = new();

    /// <summary>Fires when the login token ends.</summary>
    public ITimer? ExpiryTimer { get; set; }

    /// <summary>True when the client has been told, or is being told, why the session is over.</summary>
    public bool IsClosing => Volatile.Read(ref _isClosing) != 0;

    /// <summary>True when the session is over: no call has an effect any more.</summary>
    public bool IsEnded => Volatile.Read(ref _isEnded) != 0;

    /// <summary>Why a call must not be made: what the login token lists has it not; null when it may be.</summary>
    /// <param name="access">What the call does.</param>
    /// <param name="type">The type of the channel, or user.</param>
    /// <param name="name">The channel's name or the user's id.</param>
    /// <param name="code">The code of the refusal.</param>
    public Refusal? Denial(
        AccessKind access, ChannelType type, string name, ErrorCode code = ErrorCode.LoginNotAuthorized) =>
        Token.Permissions is { } permissions && !permissions.Allows(access, type, name)
            ? new(code, $"The token does not let {User} {(access == AccessKind.Read ? "read" : "write")} {name}.")
            : null;

    /// <summary>Ends the session; true for the one caller who has to clean up.</summary>
    public bool TryEnd() => Interlocked.Exchange(ref _isEnded, 1) == 0;

    /// <summary>
    /// True when the client has not been told yet that this token will end; a grain that moved may say it again.
    /// </summary>
    public bool TryWarn(ChannelName? channel, DateTimeOffset expiresAt)
    {
        lock (_warned)
        {
            if (_warned.TryGetValue(channel ?? default, out var known) && known == expiresAt)
                return false;
            _warned[channel ?? default] = expiresAt;
            return true;
        }
    }

    /// <summary>
    /// Tells the client at once that a token will end, when it is shown with no more time left than a warning gives.
    /// </summary>
    /// <remarks>
    /// Its grain would say so too, but in a turn of its own, which may come after the end of the token.
    /// </remarks>
    public void WarnIfShort(ChannelName? channel, DateTimeOffset expiresAt, DateTimeOffset now)
    {
        if (expiresAt - now <= RtmLimits.TokenWarning && TryWarn(channel, expiresAt))
            Outbox.Post(new TokenEvent(false, channel, expiresAt));
    }

    /// <summary>True for the one caller who tells the client that its token has ended.</summary>
    public bool TryBeginExpiry() => Interlocked.Exchange(ref _isExpiring, 1) == 0;

    /// <summary>Tells the client why, and closes its connection once that was written, or after a second.</summary>
    /// <remarks>The first reason counts; later ones are not told.</remarks>
    /// <returns>False when there is no connection: whoever calls has to end the session.</returns>
    public bool CloseWith(ConnectionEvent last)
    {
        if (Interlocked.Exchange(ref _isClosing, 1) != 0)
            return true;
        ISessionConnection? connection;
        lock (_link)
            connection = _connection;
        if (connection is null)
            return false;
        Outbox.Post(last);
        _ = CloseAsync(connection, last.CloseCode);
        return true;
    }

    /// <summary>Tells the client to come back, and closes its connection likewise; the session stays for it.</summary>
    public void SendAway(ConnectionEvent last)
    {
        if (IsClosing || Connection is not { } connection)
            return;
        Outbox.Post(last);
        _ = CloseAsync(connection, last.CloseCode);
    }

    /// <summary>
    /// The connection is lost: the session goes on without. False when it is not this one's any more.
    /// </summary>
    /// <param name="lost">The connection.</param>
    /// <param name="onGivenUp">Called when the client has not come back in time.</param>
    public bool TryDetach(ISessionConnection lost, Action onGivenUp)
    {
        lock (_link)
        {
            if (_connection != lost)
                return false;
            _connection = null;
            Outbox.Detach(lost);
            Inbox.Reset(Outbox.ConnectionNumber);
            _ = GiveUpLaterAsync(++_detachments, onGivenUp);
            return true;
        }
    }

    /// <summary>The client is back, over another connection. False when it cannot go on where it was.</summary>
    /// <param name="next">Its new connection.</param>
    /// <param name="received">How many events it has got.</param>
    /// <param name="greeting">What it is told first.</param>
    /// <param name="before">The connection that it had until now, when its loss was not noticed.</param>
    /// <param name="rest">What comes before all that waits here: the rest of a session that came from elsewhere.</param>
    public bool TryAttach(
        ISessionConnection next, long received, ConnectionEvent greeting, out ISessionConnection? before,
        OutboxRest? rest = null)
    {
        lock (_link)
        {
            before = _connection;
            if (IsEnded || IsClosing || _isGivenUp || !Outbox.TryAttach(next, received, greeting, rest))
                return false;
            _connection = next;
            Inbox.Reset(Outbox.ConnectionNumber);
            StopWaiting();
        }

        Outbox.Resume(next);
        return true;
    }

    /// <summary>Nobody is waited for any more.</summary>
    public void StopWaiting()
    {
        lock (_link)
        {
            _stopWaiting?.Invoke();
            _stopWaiting = null;
        }
    }

    /// <summary>Nobody can come to it any more; false when somebody has a connection to it.</summary>
    public bool TryGiveUp()
    {
        lock (_link)
            return TryGiveUp(_detachments);
    }

    /// <summary>Waits for the client where the loss was told, so that what follows runs there too.</summary>
    private async Task GiveUpLaterAsync(int detachment, Action onGivenUp)
    {
        using var waiting = new CancellationTokenSource();
        _stopWaiting = waiting.Cancel;
        await Task.Delay(PresenceTimeout, clock, waiting.Token).ConfigureAwait(
            ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.SuppressThrowing);
        if (!waiting.IsCancellationRequested && TryGiveUp(detachment))
            onGivenUp();
    }

    private bool TryGiveUp(int detachment)
    {
        lock (_link)
        {
            if (_connection is not null || detachment != _detachments)
                return false;

            // It is over: nobody stops what has been waited for.
            _stopWaiting = null;
            return _isGivenUp = true;
        }
    }

    private async Task CloseAsync(ISessionConnection connection, DisconnectCode code)
    {
        await Outbox.FlushedAsync(ClosePatience);
        connection.Close(code);
    }
}
