using ImOrleans.Gateway.Auth;
using ImOrleans.Gateway.Conversations;
using ImOrleans.Gateway.Protocols.WebSockets;
using ImOrleans.Gateway.Sessions;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ImOrleans.Gateway.Protocols.ImJson;

/// <summary>The WebSockets of the IM protocol over JSON.</summary>
internal sealed class ImDoor : IDisposable
{
    private readonly ImLoginCalls _logins;
    private readonly ImApp _app;
    private readonly ChatCalls _chats;
    private readonly SessionLifecycle _lifecycle;
    private readonly ImOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger<ImDoor> _logger;
    private readonly SocketDoor _sockets;
    private int _users;

    public ImDoor(
        ImLoginCalls logins, ImApp app, ChatCalls chats, SessionLifecycle lifecycle, IOptions<ImOptions> options,
        IOptions<SessionOutboxOptions> outbox, OriginPolicy origins, IHostApplicationLifetime host, TimeProvider clock,
        ILoggerFactory loggers)
    {
        (_logins, _app, _chats, _lifecycle, _options) = (logins, app, chats, lifecycle, options.Value);
        (_clock, _logger) = (clock, loggers.CreateLogger<ImDoor>());
        _sockets = new(
            "im", options.Value.ConnectionsMax, new SocketLimits { StallMax = outbox.Value.StallMax }, origins, host, clock,
            loggers.CreateLogger<SocketDoor>());
    }

    /// <summary>Connections that there are now.</summary>
    public int Connections => _sockets.Count;

    /// <summary>Those of them that have signed in.</summary>
    public int Users => Volatile.Read(ref _users);

    /// <summary>Serves a request for a WebSocket until its connection ends.</summary>
    public Task ServeAsync(HttpContext context) => _sockets.ServeAsync(context, RunAsync, _ => Task.CompletedTask);

    /// <summary>Serves a connection until it ends.</summary>
    public Task RunAsync(SocketConnection socket)
    {
        var link = new ImLink(socket, _logins, _app, _chats, _lifecycle, _options, _clock, _logger)
        {
            OnUser = change => Interlocked.Add(ref _users, change),
        };
        return link.RunAsync();
    }

    /// <inheritdoc />
    public void Dispose() => _sockets.Dispose();
}
