using ImOrleans.Domain.Identifiers;
using ImOrleans.Grains.Delivery;
using ImOrleans.Grains.Diagnostics;
using Microsoft.Extensions.Logging;

namespace ImOrleans.Grains.MessageChannels;

public sealed partial class MessageChannelGrain
{
    [LoggerMessage(LogEventIds.MessageChannelGatewayLost, LogLevel.Debug,
        "{Route} lost gateway {GatewayId} ({Loss}) with {Sessions} sessions.")]
    private partial void LogGatewayLost(string route, GatewayId gatewayId, GatewayLoss loss, int sessions);
}
