using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ImOrleans.Gateway.Hosting;

/// <summary>What a process answers to whoever watches over it, whatever it is composed of.</summary>
public static class HealthEndpoints
{
    /// <summary>Answers 200 while the process lives. One that does not answer is to be started anew.</summary>
    public const string LivePath = "/healthz";

    /// <summary>Answers 200 when the process should be given work, else 503 and the reason.</summary>
    public const string ReadyPath = "/readyz";

    /// <summary>Maps both.</summary>
    /// <param name="endpoints">Where to.</param>
    /// <param name="unready">Why the process should be given no work; null when it should.</param>
    public static IEndpointRouteBuilder MapHealth(this IEndpointRouteBuilder endpoints, Func<string?> unready)
    {
        ArgumentNullException.ThrowIfNull(unready);
        endpoints.MapGet(LivePath, () => Results.Text("alive")).AllowAnonymous();
        endpoints.MapGet(ReadyPath, () => unready() is { } reason
            ? Results.Text(reason, statusCode: StatusCodes.Status503ServiceUnavailable)
            : Results.Text("ready")).AllowAnonymous();
        return endpoints;
    }
}
