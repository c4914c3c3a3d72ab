using System.Net;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Connections;

namespace ImOrleans.Client.Connections;

/// <summary>Opens the WebSocket of one link, without negotiation, with the token in the header.</summary>
internal sealed class WebSocketConnector(HttpMessageInvoker http, string token, TimeProvider clock) : IConnectionFactory
{
    private Action? _abort;

    /// <inheritdoc />
    public async ValueTask<ConnectionContext> ConnectAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        var socket = new ClientWebSocket();
        try
        {
            socket.Options.SetRequestHeader("Authorization", $"Bearer {token}");
            // The hub protocol has pings of its own.
            socket.Options.KeepAliveInterval = TimeSpan.Zero;
            await socket.ConnectAsync(((UriEndPoint)endpoint).Uri, http, cancellationToken).ConfigureAwait(false);
            var connection = new WebSocketConnection(socket, clock);
            _abort = () => connection.Abort(new ConnectionAbortedException());
            return connection;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Cuts the connection.</summary>
    public void Abort() => _abort?.Invoke();
}
