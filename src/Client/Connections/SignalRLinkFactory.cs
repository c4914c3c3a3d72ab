using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;

namespace ImOrleans.Client.Connections;

/// <summary>Opens links over WebSockets.</summary>
internal sealed class SignalRLinkFactory : ILinkFactory
{
    private readonly RtmClientOptions _options;
    private readonly Uri _hub;
    private readonly HttpMessageInvoker _http;

    public SignalRLinkFactory(RtmClientOptions options)
    {
        _options = options;
        _hub = HubAddress(options);
        var handler = new SocketsHttpHandler();
        options.ConfigureHttp?.Invoke(handler);
        _http = new(new RefusalReader(handler));
    }

    /// <summary>The address of the WebSocket.</summary>
    public static Uri HubAddress(RtmClientOptions options)
    {
        var address = new UriBuilder(options.Server);
        address.Scheme = address.Scheme is "https" or "wss" ? "wss" : "ws";
        if (address.Path is "" or "/")
            address.Path = "/rtm";
        if (options.Device is { } device)
            Add(address, "device", Uri.EscapeDataString(device));
        if (options.PresenceTimeout is { } timeout)
            Add(address, "presenceTimeout", ((int)timeout.TotalSeconds).ToString(CultureInfo.InvariantCulture));
        return address.Uri;
    }

    /// <summary>The address of a connection that asks for a session.</summary>
    public static Uri SessionAddress(Uri hub, SessionTicket ticket)
    {
        var address = new UriBuilder(hub);
        Add(address, "session", ticket.Key);
        if (ticket.Key.Length > 0)
            Add(address, "received", ticket.Received.ToString(CultureInfo.InvariantCulture));
        return address.Uri;
    }

    /// <inheritdoc />
    public async Task<ILink> OpenAsync(
        string token, SessionTicket ticket, ILinkEvents events, CancellationToken cancellationToken)
    {
        var connector = new WebSocketConnector(_http, token, _options.TimeProvider);
        var builder = new HubConnectionBuilder();
        builder.Services.AddSingleton(_options.LoggerFactory);
        builder.Services.AddSingleton<IConnectionFactory>(connector);
        builder.Services.AddSingleton<EndPoint>(new UriEndPoint(SessionAddress(_hub, ticket)));
        var connection = builder.Build();
        var link = new SignalRLink(connection, connector, events);
        try
        {
            await connection.StartAsync(cancellationToken).ConfigureAwait(false);
            return link;
        }
        catch (Exception failure)
        {
            await link.DisposeAsync().ConfigureAwait(false);
            if (failure is OperationCanceledException && cancellationToken.IsCancellationRequested)
                throw;
            throw Refusal(failure);
        }
    }

    /// <inheritdoc />
    public void Dispose() => _http.Dispose();

    private static void Add(UriBuilder address, string name, string value)
    {
        var other = address.Query.TrimStart('?');
        address.Query = (other.Length == 0 ? "" : other + "&") + name + "=" + value;
    }

    /// <summary>The server's refusal, where it is among the causes.</summary>
    private static RtmException Refusal(Exception failure)
    {
        for (var cause = failure; cause is not null; cause = cause.InnerException)
        {
            if (cause is RtmException refusal)
                return refusal;
        }

        return RtmException.Of(
            RtmErrorCodes.NotConnected, "The server cannot be reached.", retryable: true, failure);
    }
}
