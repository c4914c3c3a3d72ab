using System.Buffers;
using System.Text;
using Microsoft.AspNetCore.SignalR;

namespace ImOrleans.Gateway.Protocols.SignalR;

/// <summary>
/// Puts encoded events into the bytes of one write: consecutive events of one method share an invocation.
/// </summary>
internal static class FrameWriter
{
    private const byte RecordSeparator = 0x1e;

    public static SerializedHubMessage Write(IReadOnlyList<EncodedEvent> events)
    {
        var output = new ArrayBufferWriter<byte>(events.Sum(e => e.Elements.Length + 64));
        for (var i = 0; i < events.Count; i++)
        {
            var isFirst = i == 0 || events[i - 1].Method != events[i].Method;
            var isLast = i == events.Count - 1 || events[i + 1].Method != events[i].Method;
            if (isFirst)
                output.Write(Encoding.UTF8.GetBytes($$"""{"type":1,"target":"{{events[i].Method}}","arguments":[["""));
            else
                output.Write(","u8);
            output.Write(events[i].Elements.Span);
            if (!isLast)
                continue;
            output.Write("]]}"u8);
            output.Write([RecordSeparator]);
        }

        return new([new SerializedMessage("json", output.WrittenMemory)]);
    }
}
