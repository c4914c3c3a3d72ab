using ImOrleans.Gateway.Diagnostics;
using Microsoft.Extensions.Logging;

namespace ImOrleans.Gateway.Cluster;

/// <summary>
/// A gateway may start before the silos: it tries again until there is one. Whoever started it decides when that has
/// taken too long.
/// </summary>
internal sealed partial class ConnectionRetry(TimeProvider clock, ILogger<ConnectionRetry> logger)
    : IClientConnectionRetryFilter
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <inheritdoc />
    public async Task<bool> ShouldRetryConnectionAttempt(Exception exception, CancellationToken cancellationToken)
    {
        LogNoSilo(logger, exception.Message);
        await Task.Delay(Pause, clock, cancellationToken);
        return true;
    }

    [LoggerMessage(EventId = LogEventIds.NoSilo, Level = LogLevel.Warning,
        Message = "No silo can be reached yet; it is tried again: {Reason}")]
    private static partial void LogNoSilo(ILogger logger, string reason);
}
