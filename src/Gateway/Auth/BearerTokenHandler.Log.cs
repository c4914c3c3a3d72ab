using Microsoft.Extensions.Logging;

namespace ImOrleans.Gateway.Auth;

public sealed partial class BearerTokenHandler
{
    // Debug: strangers decide how often this happens.
    [LoggerMessage(AuthLogEvents.TokenRefused, LogLevel.Debug, "Token refused with {ErrorCode}: {Reason}")]
    private static partial void LogTokenRefused(ILogger logger, int errorCode, string reason);
}
