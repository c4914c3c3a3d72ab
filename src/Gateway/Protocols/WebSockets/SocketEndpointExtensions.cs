using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ImOrleans.Gateway.Protocols.WebSockets;

/// <summary>Maps addresses that take WebSockets.</summary>
internal static class SocketEndpointExtensions
{
    /// <summary>Maps one. Whoever comes signs in within the protocol.</summary>
    /// <param name="endpoints">Where to map.</param>
    /// <param name="path">The address.</param>
    /// <param name="serve">Serves a request, by <see cref="SocketDoor.ServeAsync"/>.</param>
    public static IEndpointConventionBuilder MapSockets(
        this IEndpointRouteBuilder endpoints, string path, RequestDelegate serve)
    {
        var pipeline = endpoints.CreateApplicationBuilder();
        pipeline.UseWebSockets();
        pipeline.Run(serve);
        return endpoints.Map(path, pipeline.Build()).AllowAnonymous();
    }
}
