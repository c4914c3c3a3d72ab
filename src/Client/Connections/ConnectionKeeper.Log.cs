using Microsoft.Extensions.Logging;

namespace ImOrleans.Client.Connections;

internal sealed partial class ConnectionKeeper
{
    [LoggerMessage(LogEventIds.Connected, LogLevel.Information, "Connected.")]
    private partial void LogConnected();

    [LoggerMessage(LogEventIds.ConnectionLost, LogLevel.Information, "The connection was lost, close code {CloseCode}: {Message}")]
    private partial void LogLost(int? closeCode, string? message);

    [LoggerMessage(LogEventIds.AttemptFailed, LogLevel.Warning, "Attempt {Attempt} to connect again has failed.")]
    private partial void LogAttemptFailed(int attempt, Exception? failure);

    [LoggerMessage(LogEventIds.ConnectionFailed, LogLevel.Error, "The connection has failed and is not tried again.")]
    private partial void LogFailed(Exception why);

    [LoggerMessage(LogEventIds.LogoutUnanswered, LogLevel.Debug, "The logout was not answered.")]
    private partial void LogLogoutUnanswered(Exception failure);
}
