using ImOrleans.Domain.Errors;
using ImOrleans.Domain.History;
using ImOrleans.Grains.Delivery;
using ImOrleans.Grains.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ImOrleans.Grains.History;

/// <summary>
/// The grains' way to the store of kept messages: waits for it for a bounded time, and says in codes what came of it.
/// </summary>
/// <remarks>Runs in the turns of the grain that calls. Nothing here is lasting but whether the store failed last.</remarks>
public sealed partial class HistoryKeeper(
    FanoutFactory fanouts, IOptions<HistoryOptions> options, ILogger<HistoryKeeper> logger, IChannelHistory? store = null)
{
    private readonly ILogger _logger = logger;
    private volatile bool _isFailing;

    /// <summary>Why nothing can be kept here; null when it can.</summary>
    internal Refusal? Unavailable => store is null
        ? new(ErrorCode.HistoryNotAvailable, "This server keeps no messages.")
        : null;

    /// <summary>Why a message is not taken that was to be kept: more come than there are milliseconds.</summary>
    internal static Refusal TooMany(TimeSpan retryAfter) => new(
        ErrorCode.ChannelPublishMessageTooFrequent, "At most 1000 messages a second are kept.", retryAfter);

    /// <summary>Stores a message; its time when it is on disk.</summary>
    /// <remarks>
    /// <b>Errors:</b> <see cref="ErrorCode.HistoryOperationFailed"/>: it is not stored;
    /// <see cref="ErrorCode.HistoryOperationTimeout"/>: it may be.
    /// </remarks>
    internal async Task<Outcome<long>> StoreAsync(HistoryKey key, HistoryMessage message, bool mayBeStored = false)
    {
        try
        {
            var storedAt = await store!.AppendAsync(key, message, mayBeStored)
                .WaitAsync(options.Value.StoreWait, fanouts.Clock);
            NoteSuccess();
            return storedAt;
        }
        catch (Exception failure) when (failure is HistoryUnknownException or TimeoutException)
        {
            NoteFailure(failure);
            return new Refusal(
                ErrorCode.HistoryOperationTimeout, "The message was delivered; whether it is kept is not known.");
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            NoteFailure(failure);
            return new Refusal(ErrorCode.HistoryOperationFailed, "The message was delivered, but is not kept.");
        }
    }

    /// <summary>Reads a page of what is kept now.</summary>
    internal async Task<Outcome<HistoryPage>> ReadAsync(HistoryKey key, HistoryQuery query)
    {
        if (Unavailable is { } unavailable)
            return unavailable;
        // What is too old is not found, whether it was cleared away already or not.
        var keptSince = options.Value.KeptSince(fanouts.Clock.GetUtcNow());
        try
        {
            var page = await store!
                .ReadAsync(key, query with { StartUnixMs = Math.Max(query.StartUnixMs, keptSince - 1) })
                .WaitAsync(options.Value.StoreWait, fanouts.Clock);
            NoteSuccess();
            return page;
        }
        catch (TimeoutException failure)
        {
            NoteFailure(failure);
            return new Refusal(ErrorCode.HistoryOperationTimeout, "The messages could not be read in time; try again.");
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            NoteFailure(failure);
            return new Refusal(ErrorCode.HistoryOperationFailed, "The messages could not be read; try again.");
        }
    }

    /// <summary>Told once for each time of trouble.</summary>
    private void NoteFailure(Exception failure)
    {
        if (!_isFailing)
            LogFailing(failure);
        _isFailing = true;
    }

    private void NoteSuccess()
    {
        if (!_isFailing)
            return;
        _isFailing = false;
        LogRecovered();
    }

    [LoggerMessage(LogEventIds.HistoryFailing, LogLevel.Warning,
        "The store of messages fails; publishes that want to be kept are refused until it works again.")]
    private partial void LogFailing(Exception failure);

    [LoggerMessage(LogEventIds.HistoryRecovered, LogLevel.Information, "The store of messages works again.")]
    private partial void LogRecovered();
}
