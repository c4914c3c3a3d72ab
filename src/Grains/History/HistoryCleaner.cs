using ImOrleans.Domain.History;
using ImOrleans.Grains.Delivery;
using ImOrleans.Grains.Diagnostics;
using ImOrleans.Grains.Storing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ImOrleans.Grains.History;

/// <summary>Removes messages that are older than they are to be kept.</summary>
public sealed partial class HistoryCleaner(
    FanoutFactory fanouts, IOptions<HistoryOptions> options, ILogger<HistoryCleaner> logger, IChannelHistory? store = null)
    : SliceCleaner(fanouts.Clock)
{
    private readonly ILogger _logger = logger;

    /// <inheritdoc />
    protected override bool HasWork => store is not null && options.Value.RetentionDays > 0;

    /// <inheritdoc />
    protected override Task<int> RemoveAsync() =>
        store!.RemoveAsync(options.Value.KeptSince(Clock.GetUtcNow()), SliceMax);

    /// <inheritdoc />
    protected override void OnFailing(Exception failure) => LogFailed(failure);

    [LoggerMessage(LogEventIds.HistoryRemovalFailed, LogLevel.Warning,
        "Messages that are too old cannot be removed; nobody sees them, but they take room.")]
    private partial void LogFailed(Exception failure);
}
