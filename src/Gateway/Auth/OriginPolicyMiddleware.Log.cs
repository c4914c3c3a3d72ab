using Microsoft.Extensions.Logging;

namespace ImOrleans.Gateway.Auth;

internal sealed partial class OriginPolicyMiddleware
{
    // Information: an operator may want to allow the origin, yet strangers decide how often this happens.
    [LoggerMessage(AuthLogEvents.OriginRefused, LogLevel.Information, "Request from a page of {Origin} refused")]
    private static partial void LogOriginRefused(ILogger logger, string origin);
}
