using ImOrleans.Gateway.Auth;
using ImOrleans.Gateway.Protocols.ImJson;
using ImOrleans.Gateway.Protocols.Room;
using ImOrleans.Gateway.Protocols.SignalR;
using ImOrleans.Gateway.ServerApi;
using ImOrleans.Gateway.Sessions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ImOrleans.Gateway.Hosting;

/// <summary>The addresses that the gateway serves.</summary>
public static class RtmEndpoints
{
    /// <summary>The address of the hub.</summary>
    public const string HubPath = "/rtm";

    /// <summary>Calls of one connection that may be unfinished at a time; later ones wait in the connection.</summary>
    public const int UnfinishedCallsMax = 16;

    /// <summary>
    /// Bytes that wait in a connection before writing counts as busy and events gather: a few frames, since what waits
    /// there can be neither dropped nor put together any more.
    /// </summary>
    private const int TransportBufferBytes = 16 * 1024;

    /// <summary>
    /// How much longer than the sessions' own limit the transport waits for a client that does not read. Its default of
    /// ten seconds would cut clients that still have most of their time.
    /// </summary>
    private static readonly TimeSpan TransportPatience = TimeSpan.FromSeconds(10);

    /// <summary>Puts the gateway's middleware into the pipeline. Before the endpoints.</summary>
    public static IApplicationBuilder UseGateway(this IApplicationBuilder app)
    {
        app.UseOriginPolicy([HubPath, .. ImDoorExtensions.HttpPaths]);
        app.UseAuthentication();
        app.UseAuthorization();
        return app.UseMiddleware<HubConnectGate>();
    }

    /// <summary>
    /// Maps the hub, the chat rooms, IM over JSON, the calls of app servers, the health probes and, in Development, the test
    /// tokens.
    /// </summary>
    public static IEndpointRouteBuilder MapGateway(this IEndpointRouteBuilder endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var stallMax = endpoints.ServiceProvider.GetRequiredService<IOptions<SessionOutboxOptions>>().Value.StallMax;
        endpoints.MapHub<RtmHub>(HubPath, connection =>
        {
            connection.TransportSendTimeout = stallMax + TransportPatience;
            connection.TransportMaxBufferSize = TransportBufferBytes;
            connection.ApplicationMaxBufferSize = RtmHubProtocol.FrameBytesMax;
        });
        endpoints.MapRooms();
        endpoints.MapTestTokens();
        endpoints.MapServerApi();
        endpoints.MapImDoor();
        var health = endpoints.ServiceProvider.GetRequiredService<GatewayHealth>();
        endpoints.MapHealth(() => health.Unready);
        return endpoints;
    }
}
