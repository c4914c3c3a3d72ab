using ImOrleans.Domain.Conversations;
using ImOrleans.Grains.Delivery;
using ImOrleans.Grains.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ImOrleans.Grains.Conversations;

/// <summary>What the conversations of a silo share: the store, and whether it works.</summary>
public sealed partial class ConversationServices(
    FanoutFactory fanouts, IMessageNumbers numbers, SendRules rules, IOptions<ConversationOptions> options,
    ILogger<ConversationServices> logger, IMessageLog? log = null)
{
    private readonly ILogger _logger = logger;
    private volatile bool _isFailing;

    /// <summary>The store; null when this server has none.</summary>
    internal IMessageLog? Log => log;

    internal TimeProvider Clock => fanouts.Clock;

    internal ConversationOptions Options => options.Value;

    internal IMessageNumbers Numbers => numbers;

    internal SendRules Rules => rules;

    /// <summary>A write succeeded, or failed as <paramref name="failure"/> says; each time of trouble is told once.</summary>
    internal void Note(Exception? failure)
    {
        if (failure is null)
        {
            if (_isFailing)
                LogRecovered();
        }
        else if (!_isFailing)
        {
            LogFailing(failure);
        }

        _isFailing = failure is not null;
    }

    [LoggerMessage(LogEventIds.ConversationsFailing, LogLevel.Warning,
        "The message log fails; messages of conversations are refused until it works again.")]
    private partial void LogFailing(Exception failure);

    [LoggerMessage(LogEventIds.ConversationsRecovered, LogLevel.Information, "The message log works again.")]
    private partial void LogRecovered();
}
