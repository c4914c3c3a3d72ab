using Microsoft.Extensions.Logging;

namespace ImOrleans.Gateway.Auth;

internal sealed partial class TestTokenEndpoint
{
    [LoggerMessage(
        AuthLogEvents.TestTokensOpen,
        LogLevel.Warning,
        "POST /tk gives anyone a token for any user: this is Development, or Auth:TestTokens is on")]
    public static partial void LogTestTokensOpen(ILogger logger);

    [LoggerMessage(AuthLogEvents.TestTokenIssued, LogLevel.Debug, "Test token issued")]
    private static partial void LogTestTokenIssued(ILogger logger);
}
