using System.Net;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Connections;

namespace ImOrleans.ClientKit;

/// <summary>Opens the WebSocket under .NET's own SignalR client, without negotiation.</summary>
public sealed class WebSocketConnectionFactory : IConnectionFactory
{
    /// <inheritdoc />
    public async ValueTask<ConnectionContext> ConnectAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        var uri = ((UriEndPoint)endpoint).Uri;
        var socket = new ClientWebSocket();
        // The answer of a refused upgrade is what tests look at.
        socket.Options.CollectHttpResponseDetails = true;
        try
        {
            await socket.ConnectAsync(uri, cancellationToken);
        }
        catch (WebSocketException refused)
        {
            throw new ConnectionRefusedException(socket.HttpStatusCode, refused);
        }

        return new WebSocketConnection(socket);
    }
}
