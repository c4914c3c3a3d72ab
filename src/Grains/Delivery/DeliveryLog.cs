using ImOrleans.Grains.Diagnostics;
using Microsoft.Extensions.Logging;

namespace ImOrleans.Grains.Delivery;

/// <summary>What delivery tells the operator.</summary>
internal static partial class DeliveryLog
{
    [LoggerMessage(LogEventIds.BatchRepeated, LogLevel.Debug,
        "Batch {Number} of {Route} for gateway {GatewayId} had no answer and will be repeated.")]
    public static partial void BatchFailed(
        ILogger logger, string route, string gatewayId, long number, Exception exception);

    [LoggerMessage(LogEventIds.OutboxGaveUp, LogLevel.Information,
        "{Route} gave gateway {GatewayId} up: {Loss}.")]
    public static partial void OutboxGaveUp(ILogger logger, string route, string gatewayId, GatewayLoss loss);

    [LoggerMessage(LogEventIds.OutboxFailed, LogLevel.Error,
        "Delivery of {Route} to gateway {GatewayId} broke; the gateway has to register anew.")]
    public static partial void OutboxFailed(ILogger logger, string route, string gatewayId, Exception exception);

    [LoggerMessage(LogEventIds.ClosingTimedOut, LogLevel.Information,
        "{Route} ended before all of its gateways had confirmed it; they will notice by their checks.")]
    public static partial void ClosingTimedOut(ILogger logger, string route);
}
