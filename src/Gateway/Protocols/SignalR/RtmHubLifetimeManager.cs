using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Logging;

namespace ImOrleans.Gateway.Protocols.SignalR;

/// <summary>
/// Hands each connection to its session. SignalR's own sends by user, by group or to all are not used: they walk every
/// connection or serialise anew for each.
/// </summary>
internal sealed class RtmHubLifetimeManager(ILogger<DefaultHubLifetimeManager<RtmHub>> logger)
    : DefaultHubLifetimeManager<RtmHub>(logger)
{
    /// <inheritdoc />
    public override Task OnConnectedAsync(HubConnectionContext connection)
    {
        connection.Features.Set(new SignalRConnection(connection));
        return base.OnConnectedAsync(connection);
    }
}
