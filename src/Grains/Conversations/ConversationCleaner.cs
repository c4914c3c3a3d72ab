using ImOrleans.Grains.Diagnostics;
using ImOrleans.Grains.Storing;
using Microsoft.Extensions.Logging;

namespace ImOrleans.Grains.Conversations;

/// <summary>Removes messages that are older than they are to be kept, and devices that were not there for long.</summary>
public sealed partial class ConversationCleaner : SliceCleaner
{
    private readonly ConversationServices _services;
    private readonly ILogger _logger;

    /// <param name="services">The store and its options.</param>
    /// <param name="logger">The log.</param>
    public ConversationCleaner(ConversationServices services, ILogger<ConversationCleaner> logger)
        : base((services ?? throw new ArgumentNullException(nameof(services))).Clock) => (_services, _logger) = (services, logger);

    /// <inheritdoc />
    protected override bool HasWork => _services.Log is not null;

    /// <inheritdoc />
    protected override async Task<int> RemoveAsync()
    {
        var now = Clock.GetUtcNow();
        var messages = _services.Options.KeptSince(now) is { } since ? await _services.Log!.RemoveAsync(since, SliceMax) : 0;
        var devices = await _services.Log!.RemoveDevicesAsync(_services.Options.DeviceSince(now), SliceMax);
        return Math.Max(messages, devices);
    }

    /// <inheritdoc />
    protected override void OnFailing(Exception failure) => LogFailed(failure);

    [LoggerMessage(LogEventIds.ConversationRemovalFailed, LogLevel.Warning,
        "Messages of conversations that are too old cannot be removed; they take room.")]
    private partial void LogFailed(Exception failure);
}
