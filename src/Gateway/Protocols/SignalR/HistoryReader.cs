using ImOrleans.Domain.History;
using ImOrleans.Domain.Limits;
using ImOrleans.Domain.Messages;

namespace ImOrleans.Gateway.Protocols.SignalR;

/// <summary>Reads which messages of which history are asked for.</summary>
internal static class HistoryReader
{
    public static (HistoryKey Key, HistoryQuery Query) Read(RequestReader read)
    {
        var type = PublishedChannelType.Read(read, "Stream channels keep no messages.");
        var name = type == ChannelType.User ? read.User("channel").Value : read.Channel().Value;
        return (new(type, name), Query(read));
    }

    private static HistoryQuery Query(RequestReader read)
    {
        var start = read.Number("start") ?? 0;
        var end = read.Number("end") ?? 0;
        var count = read.Number("count") ?? HistoryLimits.PageMessagesMax;
        if (start < 0 || end < 0 || (end != 0 && end < start))
            read.Refuse(
                ErrorCode.HistoryInvalidTimestamp,
                "'start' and 'end' are milliseconds of Unix time, zero or more, and 'end' is not before 'start'.");
        if (count is < 1 or > HistoryLimits.PageMessagesMax)
            read.Refuse(ErrorCode.InvalidParameter, $"'count' must be 1 to {HistoryLimits.PageMessagesMax}.");
        return new(start, end == 0 ? long.MaxValue : end, (int)Math.Clamp(count, 1, HistoryLimits.PageMessagesMax));
    }
}
