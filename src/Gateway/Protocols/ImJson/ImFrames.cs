using System.Buffers;
using ImOrleans.Gateway.Protocols.GoJson;

namespace ImOrleans.Gateway.Protocols.ImJson;

/// <summary>Writes what the door says, byte for byte as the original does. <b>Source:</b> feature rows S2, S10 and S12.</summary>
internal static class ImFrames
{
    /// <summary>What is told who sends something that is no request.</summary>
    public static ReadOnlyMemory<byte> NoRequest { get; } = "数据不合法"u8.ToArray();

    /// <summary>The answer to a request.</summary>
    /// <param name="request">The request.</param>
    /// <param name="code">What came of it.</param>
    /// <param name="data">A text that is answered; null for none.</param>
    public static ReadOnlyMemory<byte> Reply(ImRequest request, ImCode code, string? data = null)
    {
        var writer = Begin(request.Seq, request.Cmd, (int)code, code.Text());
        if (data is null)
            writer.Write("null"u8);
        else
            GoJsonText.Write(writer, data);
        return End(writer);
    }

    /// <summary>Something that is told without being asked for.</summary>
    /// <param name="seq">Its name.</param>
    /// <param name="cmd">What it is: <c>msg</c>, <c>enter</c> or <c>exit</c>.</param>
    /// <param name="message">What is said.</param>
    public static ReadOnlyMemory<byte> Push(string seq, string cmd, ImMessage message)
    {
        var writer = Begin(seq, cmd, (int)ImCode.Success, "Ok");
        writer.Write("{\"target\":"u8);
        GoJsonText.Write(writer, message.Target);
        writer.Write(",\"type\":"u8);
        GoJsonText.Write(writer, message.Type);
        writer.Write(",\"msg\":"u8);
        GoJsonText.Write(writer, message.Text);
        writer.Write(",\"from\":"u8);
        GoJsonText.Write(writer, message.From);
        writer.Write("}"u8);
        return End(writer);
    }

    private static ArrayBufferWriter<byte> Begin(string seq, string cmd, int code, string text)
    {
        var writer = new ArrayBufferWriter<byte>(128);
        writer.Write("{\"seq\":"u8);
        GoJsonText.Write(writer, seq);
        writer.Write(",\"cmd\":"u8);
        GoJsonText.Write(writer, cmd);
        writer.Write(",\"response\":{\"code\":"u8);
        GoJsonText.Write(writer, code);
        writer.Write(",\"codeMsg\":"u8);
        GoJsonText.Write(writer, text);
        writer.Write(",\"data\":"u8);
        return writer;
    }

    private static ReadOnlyMemory<byte> End(ArrayBufferWriter<byte> writer)
    {
        writer.Write("}}"u8);
        return writer.WrittenMemory;
    }
}
