using ImOrleans.Grains.Diagnostics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ImOrleans.Grains.Conversations;

/// <summary>
/// Removes messages that are older than they are to be kept, and devices that were not there for long, a slice at a time, so
/// that nobody waits for it.
/// </summary>
/// <remarks>On a cluster every silo does so; the store lets them take different ones.</remarks>
public sealed partial class ConversationCleaner(ConversationServices services, ILogger<ConversationCleaner> logger)
    : BackgroundService
{
    /// <summary>Messages or devices that are removed at once.</summary>
    internal const int SliceMax = 500;

    /// <summary>While there is more: 2500 a second at most.</summary>
    internal static readonly TimeSpan BusyPause = TimeSpan.FromMilliseconds(200);

    /// <summary>When there is no more.</summary>
    internal static readonly TimeSpan IdlePause = TimeSpan.FromMinutes(1);

    private readonly ILogger _logger = logger;
    private bool _isFailing;

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (services.Log is null)
            return;
        try
        {
            while (true)
                await Task.Delay(await CleanAsync(), services.Clock, stoppingToken);
        }
        catch (OperationCanceledException)
        {
            // The host stops.
        }
    }

    /// <summary>Removes one slice of each; how long to wait before the next.</summary>
    internal async Task<TimeSpan> CleanAsync()
    {
        var now = services.Clock.GetUtcNow();
        try
        {
            var messages = services.Options.KeptSince(now) is { } since ? await services.Log!.RemoveAsync(since, SliceMax) : 0;
            var devices = await services.Log!.RemoveDevicesAsync(services.Options.DeviceSince(now), SliceMax);
            _isFailing = false;
            return messages < SliceMax && devices < SliceMax ? IdlePause : BusyPause;
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

    [LoggerMessage(LogEventIds.ConversationRemovalFailed, LogLevel.Warning,
        "Messages of conversations that are too old cannot be removed; they take room.")]
    private partial void LogFailed(Exception failure);
}
