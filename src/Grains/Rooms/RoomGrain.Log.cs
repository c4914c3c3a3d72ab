using ImOrleans.Domain.Identifiers;
using ImOrleans.Grains.Delivery;
using ImOrleans.Grains.Diagnostics;
using Microsoft.Extensions.Logging;

namespace ImOrleans.Grains.Rooms;

public sealed partial class RoomGrain
{
    [LoggerMessage(LogEventIds.RoomGatewayLost, LogLevel.Debug,
        "Channel {RoomId} lost gateway {GatewayId} ({Loss}) with {Sessions} sessions.")]
    private partial void LogGatewayLost(ChannelName roomId, GatewayId gatewayId, GatewayLoss loss, int sessions);

    [LoggerMessage(LogEventIds.ChannelTokenExpired, LogLevel.Debug,
        "Channel {RoomId}: the token of session {SessionId} ended.")]
    private partial void LogTokenExpired(ChannelName roomId, SessionId sessionId);

    [LoggerMessage(LogEventIds.TopicCleanupFailed, LogLevel.Warning,
        "Channel {RoomId}: topic {TopicId} was not told that a session left; its gateway's registration repairs it.")]
    private partial void LogTopicCleanupFailed(ChannelName roomId, TopicName topicId, Exception exception);

    [LoggerMessage(LogEventIds.RoomRecovered, LogLevel.Information,
        "Channel {RoomId} came back with {Sessions} sessions and {Topics} topics; all members get a snapshot.")]
    private partial void LogRecovered(ChannelName roomId, int sessions, int topics);
}
