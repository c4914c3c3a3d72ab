using ImOrleans.Domain.Errors;
using ImOrleans.Gateway.Protocols;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace ImOrleans.Gateway.Auth;

/// <summary>
/// Applies <see cref="OriginPolicy"/> to requests and WebSocket upgrades below some paths, and answers the questions
/// that browsers ask before a cross-origin call (CORS).
/// </summary>
/// <remarks>
/// A refusal is 403 with <c>{"code":10012,"error":"LOGIN_REJECTED",…}</c> and no CORS header. An allowed
/// cross-origin request is answered with its own origin and with credentials, which SignalR's browser client wants.
/// </remarks>
internal sealed partial class OriginPolicyMiddleware(
    RequestDelegate next, OriginPolicy policy, ILogger<OriginPolicyMiddleware> logger, PathString[] prefixes)
{
    // What SignalR's transports and a page's own calls use; a preflight may ask for further headers.
    private const string Methods = "GET, POST, PUT, DELETE, OPTIONS";
    private const string DefaultHeaders = "Authorization, Content-Type, X-Requested-With, X-SignalR-User-Agent";

    // Seconds. A change of the list is seen by browsers within ten minutes.
    private const string PreflightMaxAge = "600";

    public Task InvokeAsync(HttpContext context)
    {
        if (!prefixes.Any(prefix => context.Request.Path.StartsWithSegments(prefix))) return next(context);
        // On every answer, so that a cache does not give one origin's answer to another.
        context.Response.Headers.Append(HeaderNames.Vary, HeaderNames.Origin);
        return policy.Judge(context.Request) switch
        {
            OriginVerdict.Refused => RefuseAsync(context),
            OriginVerdict.CrossOrigin => ServeAsync(context),
            _ => next(context),
        };
    }

    private Task RefuseAsync(HttpContext context)
    {
        var header = context.Request.Headers.Origin;
        LogOriginRefused(logger, header.Count == 1 ? WebOrigin.Normalise(header[0]) ?? "(malformed)" : "(several)");
        return RefusalResponse.WriteAsync(
            context.Response,
            StatusCodes.Status403Forbidden,
            new Refusal(ErrorCode.LoginRejected, "The page's origin is not allowed (Gateway:AllowedOrigins)."));
    }

    private Task ServeAsync(HttpContext context)
    {
        var request = context.Request;
        // At the start of the response, because an error handler on the way clears what is set earlier.
        context.Response.OnStarting(static state => AllowOrigin((HttpContext)state), context);
        var isPreflight = HttpMethods.IsOptions(request.Method)
            && !StringValues.IsNullOrEmpty(request.Headers.AccessControlRequestMethod);
        if (!isPreflight) return next(context);

        var asked = request.Headers.AccessControlRequestHeaders;
        var headers = context.Response.Headers;
        headers.AccessControlAllowMethods = Methods;
        headers.AccessControlAllowHeaders = StringValues.IsNullOrEmpty(asked) ? DefaultHeaders : asked;
        headers.AccessControlMaxAge = PreflightMaxAge;
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    private static Task AllowOrigin(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.AccessControlAllowOrigin = context.Request.Headers.Origin;
        headers.AccessControlAllowCredentials = "true";
        if (!headers.Vary.Contains(HeaderNames.Origin)) headers.Append(HeaderNames.Vary, HeaderNames.Origin);
        return Task.CompletedTask;
    }
}
