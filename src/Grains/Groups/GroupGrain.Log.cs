using ImOrleans.Domain.Identifiers;
using ImOrleans.Grains.Delivery;
using ImOrleans.Grains.Diagnostics;
using Microsoft.Extensions.Logging;

namespace ImOrleans.Grains.Groups;

public sealed partial class GroupGrain
{
    [LoggerMessage(LogEventIds.GroupFenced, LogLevel.Information,
        "Group {Key} was opened by another activation; this one ends")]
    private partial void LogFenced(string key);

    [LoggerMessage(LogEventIds.GroupClosingTimedOut, LogLevel.Warning,
        "Group {Key} ended while messages or changes were being stored; their senders do not know whether they are")]
    private partial void LogClosingTimedOut(string key);

    [LoggerMessage(LogEventIds.GroupNotToldOf, LogLevel.Warning,
        "User {UserId} could not be told that it is in group {Key}; it finds out when it connects or pulls")]
    private partial void LogNotToldOf(string key, string userId, Exception failure);

    [LoggerMessage(LogEventIds.GroupGatewayLost, LogLevel.Information, "Group {Key} has lost gateway {GatewayId}: {Loss}")]
    private partial void LogGatewayLost(string key, GatewayId gatewayId, GatewayLoss loss);
}
