using ImOrleans.Gateway.Auth;
using ImOrleans.Gateway.Channels;
using ImOrleans.Gateway.Protocols.WebSockets;
using ImOrleans.Gateway.Sessions;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ImOrleans.Gateway.Protocols.Room;

/// <summary>The chat room door: <c>/room</c>.</summary>
internal sealed class RoomDoor : IDisposable
{
    /// <summary>What metrics and logs call it.</summary>
    public const string Name = "room";

    /// <summary>The longest message that is read: a payload of the greatest length, or a long token, with what is around.</summary>
    public const int MessageBytesMax = 64 * 1024;

    private readonly SocketDoor _door;
    private readonly Func<SocketConnection, RoomLink> _newLink;

    public RoomDoor(
        RoomSignIn signIn, MessageChannelCalls channels, IOptions<RoomOptions> options, IOptions<SessionOutboxOptions> outbox,
        OriginPolicy origins, IHostApplicationLifetime host, TimeProvider clock, ILoggerFactory loggers)
    {
        var limits = new SocketLimits
        {
            MessageBytesMax = MessageBytesMax,
            StallMax = outbox.Value.StallMax,
            IdleMax = options.Value.IdleMax,
        };
        _door = new(
            Name, options.Value.ConnectionsMax, limits, origins, host, clock, loggers.CreateLogger<SocketDoor>());
        var logger = loggers.CreateLogger<RoomLink>();
        _newLink = socket => new(socket, signIn, channels, options.Value.SignInTimeout, clock, logger);
    }

    /// <summary>Serves a request.</summary>
    public Task ServeAsync(HttpContext context) => _door.ServeAsync(context, RunAsync, RefuseAsync);

    /// <inheritdoc />
    public void Dispose() => _door.Dispose();

    private async Task RunAsync(SocketConnection socket)
    {
        using var link = _newLink(socket);
        await link.RunAsync();
    }

    private static Task RefuseAsync(SocketConnection socket) =>
        socket.SendAsync(RoomWire.Failure(RoomTexts.TooManyConnections)).AsTask();
}
