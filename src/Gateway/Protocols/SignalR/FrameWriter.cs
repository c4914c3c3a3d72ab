using System.Buffers;
using System.Text;
using Microsoft.AspNetCore.SignalR;

namespace ImOrleans.Gateway.Protocols.SignalR;

/// <summary>
/// Puts encoded events into the bytes of one write: consecutive events of one method share an invocation, unless they have a
/// second argument.
/// </summary>
internal static class FrameWriter
{
    private const byte RecordSeparator = 0x1e;

    public static SerializedHubMessage Write(IReadOnlyList<EncodedEvent> events)
    {
        var output = new ArrayBufferWriter<byte>(events.Sum(e => e.Elements.Length + 64));
        for (var i = 0; i < events.Count; i++)
        {
            var isFirst = i == 0 || !IsShared(events[i - 1], events[i]);
            var isLast = i == events.Count - 1 || !IsShared(events[i], events[i + 1]);
            if (isFirst)
                output.Write(Encoding.UTF8.GetBytes($$"""{"type":1,"target":"{{events[i].Method}}","arguments":[["""));
            else
                output.Write(","u8);
            output.Write(events[i].Elements.Span);
            if (!isLast)
                continue;
            output.Write("]"u8);
            if (events[i].Second is { } second)
            {
                output.Write(","u8);
                output.Write(second);
            }

            output.Write("]}"u8);
            output.Write([RecordSeparator]);
        }

        return new([new SerializedMessage("json", output.WrittenMemory)]);
    }

    private static bool IsShared(EncodedEvent one, EncodedEvent next) =>
        one.Method == next.Method && one.Second is null && next.Second is null;
}
