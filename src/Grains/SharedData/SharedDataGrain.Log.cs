using ImOrleans.Domain.Identifiers;
using ImOrleans.Grains.Delivery;
using ImOrleans.Grains.Diagnostics;
using ImOrleans.Grains.Storing;
using Microsoft.Extensions.Logging;

namespace ImOrleans.Grains.SharedData;

public sealed partial class SharedDataGrain
{
    [LoggerMessage(LogEventIds.SharedDataGatewayLost, LogLevel.Debug,
        "{Route} lost gateway {GatewayId} ({Loss}) with {Sessions} sessions.")]
    private partial void LogGatewayLost(string route, GatewayId gatewayId, GatewayLoss loss, int sessions);

    [LoggerMessage(LogEventIds.SharedDataWriteFailed, LogLevel.Warning,
        "{Route}: a write failed ({End}); what is stored is read before anything else is answered.")]
    private partial void LogWriteFailed(string route, WriteEnd end, Exception? exception);

    [LoggerMessage(LogEventIds.SharedDataKnown, LogLevel.Information,
        "{Route}: it is known again what is stored.")]
    private partial void LogKnown(string route);
}
