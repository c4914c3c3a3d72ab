using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace ImOrleans.Client;

/// <summary>How an <see cref="RtmClient"/> connects, and its bounds.</summary>
public sealed record RtmClientOptions
{
    /// <summary>
    /// The server: <c>http</c>, <c>https</c>, <c>ws</c> or <c>wss</c>. Without a path the hub is at <c>/rtm</c>.
    /// </summary>
    public required Uri Server { get; init; }

    /// <summary>
    /// Gives the login token. It is asked before every connection, and when the token is about to end: let it fetch a
    /// fresh one from your app server.
    /// </summary>
    public required Func<CancellationToken, ValueTask<string>> TokenProvider { get; init; }

    /// <summary>
    /// Which device of the user this is; a newer connection of the same device takes over. Default null: the server's
    /// <c>default</c>. 1 to 64 bytes of UTF-8.
    /// </summary>
    public string? Device { get; init; }

    /// <summary>
    /// How long the server keeps the session when the connection is lost: others see the user as present, and a client
    /// that is back in time goes on where it was. 5 s to 5 min, in whole seconds. Default null: as the server is set, 5
    /// min usually.
    /// </summary>
    public TimeSpan? PresenceTimeout { get; init; }

    /// <summary>When a lost connection is tried again.</summary>
    public ReconnectPolicy Reconnect { get; init; } = new();

    /// <summary>How long one attempt to connect may take, the token provider included. Default 15 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// How long a call may wait until it is sent, for instance while the client reconnects. Default 10 s; zero fails at
    /// once when there is no connection. After it: 10025, and the call was not sent.
    /// </summary>
    public TimeSpan SendTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long the answer to a call that was sent may take. Default 30 s. After it: 10025 with an unknown outcome, and
    /// the connection is given up, since only a new one makes sure that both sides agree again.
    /// </summary>
    public TimeSpan AnswerTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How many calls may be unfinished, waiting ones included. Default 8192; at least 1. One more is refused with
    /// 10021.
    /// </summary>
    public int PendingCallsMax { get; init; } = 8192;

    /// <summary>
    /// How many items each <see cref="Feed{T}"/> keeps for its reader. Default 1024; at least 1. When one more comes,
    /// the oldest is dropped and counted.
    /// </summary>
    public int FeedItemsMax { get; init; } = 1024;

    /// <summary>Whether the client renews tokens by itself when they are about to end. Default true.</summary>
    public bool RenewTokens { get; init; } = true;

    /// <summary>Where the client logs. Default: nowhere. Tokens and payloads are never logged.</summary>
    public ILoggerFactory LoggerFactory { get; init; } = NullLoggerFactory.Instance;

    /// <summary>The clock of timeouts and waits. Default: the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>
    /// Adjusts the HTTP handler under the WebSocket: proxy, certificates, addresses. Default: as it is.
    /// </summary>
    public Action<SocketsHttpHandler>? ConfigureHttp { get; init; }

    internal void Validate()
    {
        ArgumentNullException.ThrowIfNull(Server);
        ArgumentNullException.ThrowIfNull(TokenProvider);
        ArgumentNullException.ThrowIfNull(Reconnect);
        if (!Server.IsAbsoluteUri || Server.Scheme is not ("http" or "https" or "ws" or "wss"))
            throw new ArgumentException($"{nameof(Server)} must be an absolute http, https, ws or wss address.");
        if (Device is not null && Encoding.UTF8.GetByteCount(Device) is 0 or > 64)
            throw new ArgumentException($"{nameof(Device)} must be 1 to 64 bytes of UTF-8.");
        if (PresenceTimeout is { TotalSeconds: < 5 or > 300 })
            throw new ArgumentException($"{nameof(PresenceTimeout)} must be 5 to 300 seconds.");
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(ConnectTimeout, TimeSpan.Zero, nameof(ConnectTimeout));
        ArgumentOutOfRangeException.ThrowIfLessThan(SendTimeout, TimeSpan.Zero, nameof(SendTimeout));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(AnswerTimeout, TimeSpan.Zero, nameof(AnswerTimeout));
        ArgumentOutOfRangeException.ThrowIfLessThan(PendingCallsMax, 1, nameof(PendingCallsMax));
        ArgumentOutOfRangeException.ThrowIfLessThan(FeedItemsMax, 1, nameof(FeedItemsMax));
        Reconnect.Validate();
    }
}
