using ImOrleans.Grains.Diagnostics;
using Microsoft.Extensions.Logging;

namespace ImOrleans.Grains.Conversations;

public sealed partial class ConversationGrain
{
    [LoggerMessage(LogEventIds.ConversationFenced, LogLevel.Information,
        "Conversation {Key} was opened by another activation; this one ends")]
    private partial void LogFenced(string key);

    [LoggerMessage(LogEventIds.ConversationClosingTimedOut, LogLevel.Warning,
        "Conversation {Key} ended while messages were being stored; their senders do not know whether they are")]
    private partial void LogClosingTimedOut(string key);

    [LoggerMessage(LogEventIds.ConversationNotToldOf, LogLevel.Warning,
        "User {UserId} could not be told of conversation {Key}; the next pull finds what is new")]
    private partial void LogNotToldOf(string key, string userId, Exception failure);

    [LoggerMessage(LogEventIds.StatusMessageLost, LogLevel.Debug, "A status message in conversation {Key} was not passed on")]
    private partial void LogStatusLost(string key, Exception failure);

    [LoggerMessage(LogEventIds.ReceiverNotAsked, LogLevel.Warning,
        "Conversation {Key} could not ask whether user {UserId} wants a message; it is refused as retryable")]
    private partial void LogNotAsked(string key, string userId, Exception failure);
}
