using ImOrleans.Domain.Identifiers;
using ImOrleans.Grains.Delivery;
using ImOrleans.Grains.Diagnostics;
using Microsoft.Extensions.Logging;

namespace ImOrleans.Grains.Users;

public sealed partial class UserGrain
{
    [LoggerMessage(LogEventIds.SessionTakenOver, LogLevel.Debug,
        "{Route}: session {SessionId} lost its device to a newer one.")]
    private partial void LogTakenOver(string route, SessionId sessionId);

    [LoggerMessage(LogEventIds.SessionTokenExpired, LogLevel.Debug, "{Route}: the token of session {SessionId} ended.")]
    private partial void LogTokenExpired(string route, SessionId sessionId);

    [LoggerMessage(LogEventIds.UserGatewayLost, LogLevel.Debug,
        "{Route} lost gateway {GatewayId} ({Loss}) with {Sessions} sessions.")]
    private partial void LogGatewayLost(string route, GatewayId gatewayId, GatewayLoss loss, int sessions);

    [LoggerMessage(LogEventIds.ChannelLeaveFailed, LogLevel.Warning,
        "{Route}: leaving channel {RoomId} for session {SessionId} failed; the gateway's next registration repairs it.")]
    private partial void LogLeaveFailed(string route, ChannelName roomId, SessionId sessionId, Exception exception);

    [LoggerMessage(LogEventIds.UnsubscribeFailed, LogLevel.Warning,
        "{Route}: unsubscribing session {SessionId} from channel {Channel} failed; the gateway's next registration repairs it.")]
    private partial void LogUnsubscribeFailed(
        string route, ChannelName channel, SessionId sessionId, Exception exception);

    [LoggerMessage(LogEventIds.ForgetDataFailed, LogLevel.Warning,
        "{Route}: {Data} was not told that session {SessionId} is gone; it finds out when the session's time is over.")]
    private partial void LogForgetFailed(string route, string data, SessionId sessionId, Exception exception);
}
