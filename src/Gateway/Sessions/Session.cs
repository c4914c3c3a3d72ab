using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Domain.Limits;

namespace ImOrleans.Gateway.Sessions;

/// <summary>One login of one device, over one connection.</summary>
internal sealed class Session(
    SessionId id, UserId user, DeviceId device, SessionToken token, ISessionConnection connection,
    SessionOutbox outbox, SessionLimits limits, TimeProvider clock)
{
    /// <summary>How long a last event may take to reach a client that is closed.</summary>
    private static readonly TimeSpan ClosePatience = TimeSpan.FromSeconds(1);

    private readonly Dictionary<ChannelName, DateTimeOffset> _warned = [];
    private int _isEnded;
    private int _isExpiring;
    private int _isClosing;

    public SessionId Id { get; } = id;

    public UserId User { get; } = user;

    public DeviceId Device { get; } = device;

    public SessionOutbox Outbox { get; } = outbox;

    public SessionLimits Limits { get; } = limits;

    public ISessionConnection Connection { get; } = connection;

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

    /// <summary>Fires when the login token ends.</summary>
    public ITimer? ExpiryTimer { get; set; }

    /// <summary>True when the session is over: no call has an effect any more.</summary>
    public bool IsEnded => Volatile.Read(ref _isEnded) != 0;

    /// <summary>True when the client is being told that the connection will be closed.</summary>
    public bool IsClosing => Volatile.Read(ref _isClosing) != 0;

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
    public void CloseWith(ConnectionEvent last)
    {
        if (Interlocked.Exchange(ref _isClosing, 1) != 0)
            return;
        Outbox.Post(last);
        _ = CloseAsync(last.CloseCode);
    }

    private async Task CloseAsync(DisconnectCode code)
    {
        await Outbox.FlushedAsync(ClosePatience);
        Connection.Close(code);
    }
}
