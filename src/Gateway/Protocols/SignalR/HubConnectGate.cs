using ImOrleans.Gateway.Hosting;
using Microsoft.AspNetCore.Http;

namespace ImOrleans.Gateway.Protocols.SignalR;

/// <summary>
/// Refuses a connection to the hub before it is made: while the gateway is not ready, or when its query has values
/// that are
/// not allowed.
/// </summary>
internal sealed class HubConnectGate(RequestDelegate next, GatewayHealth health)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (!context.Request.Path.StartsWithSegments(RtmEndpoints.HubPath, StringComparison.OrdinalIgnoreCase))
            return next(context);
        // The polls and sends of a connection that exists go on until it is closed.
        if (!health.IsReady && !context.Request.Query.ContainsKey("id"))
            return RefusalResponse.WriteAsync(context.Response, StatusCodes.Status503ServiceUnavailable, new(
                ErrorCode.LoginNoServerResources, "The gateway is starting or stopping; connect again later."));
        if (HubConnectParameters.TryRead(context.Request, out _))
            return next(context);
        return RefusalResponse.WriteAsync(context.Response, StatusCodes.Status400BadRequest, new(
            ErrorCode.InvalidParameter, HubConnectParameters.Rule));
    }
}
