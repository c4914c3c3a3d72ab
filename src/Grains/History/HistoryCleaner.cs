using ImOrleans.Domain.History;
using ImOrleans.Grains.Delivery;
using ImOrleans.Grains.Diagnostics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ImOrleans.Grains.History;

/// <summary>Removes messages that are older than they are to be kept, a slice at a time, so that nobody waits for it.</summary>
/// <remarks>On a cluster every silo does so; the store lets them take different messages.</remarks>
public sealed partial class HistoryCleaner(
    FanoutFactory fanouts, IOptions<HistoryOptions> options, ILogger<HistoryCleaner> logger, IChannelHistory? store = null)
    : BackgroundService
{
    /// <summary>Messages that are removed at once.</summary>
    internal const int SliceMax = 500;

    /// <summary>While there is more: 2500 messages a second at most, which is more than a disk takes in for long.</summary>
    internal static readonly TimeSpan BusyPause = TimeSpan.FromMilliseconds(200);

    /// <summary>When there is no more.</summary>
    internal static readonly TimeSpan IdlePause = TimeSpan.FromMinutes(1);

    private readonly ILogger _logger = logger;
    private bool _isFailing;

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (store is null || options.Value.RetentionDays == 0)
            return;
        try
        {
            while (true)
                await Task.Delay(await CleanAsync(store), fanouts.Clock, stoppingToken);
        }
        catch (OperationCanceledException)
        {
            // The host stops.
        }
    }

    /// <summary>Removes one slice; how long to wait before the next.</summary>
    internal async Task<TimeSpan> CleanAsync(IChannelHistory history)
    {
        try
        {
            var removed = await history.RemoveAsync(options.Value.KeptSince(fanouts.Clock.GetUtcNow()), SliceMax);
            _isFailing = false;
            return removed < SliceMax ? IdlePause : BusyPause;
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            // Tried again; told once for each time of trouble.
            if (!_isFailing)
                LogFailed(failure);
            _isFailing = true;
            return IdlePause;
        }
    }

    [LoggerMessage(LogEventIds.HistoryRemovalFailed, LogLevel.Warning,
        "Messages that are too old cannot be removed; nobody sees them, but they take room.")]
    private partial void LogFailed(Exception failure);
}
