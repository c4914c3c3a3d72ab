using System.Buffers.Binary;
using System.Text;
using ImOrleans.Bench.Load;

namespace ImOrleans.Bench.Tests;

public sealed class FrameReaderTests
{
    private const byte Text = 0x81;
    private const byte Ping = 0x89;
    private const byte Close = 0x88;

    [Fact]
    public void Content_is_what_lies_between_the_headers_wherever_the_bytes_were_cut()
    {
        // The lengths need all three forms of the header; 126 as a byte is the mark of a message as well.
        var (medium, large) = (new string('m', 126), new string('l', 70_000));
        byte[] bytes =
        [
            .. Frame(Text, "small"), .. Frame(Ping, "!"), .. Frame(Text, ""),
            .. Frame(Text, medium), .. Frame(Text, large),
        ];
        for (var cut = 0; cut <= 200; cut++)
        {
            var reader = new FrameReader();
            var content = Read(ref reader, bytes.AsSpan(0, cut)) + Read(ref reader, bytes.AsSpan(cut));
            Assert.Equal("small" + medium + large, content);
            Assert.False(reader.IsClosed);
        }
    }

    [Fact]
    public void A_close_frame_is_told()
    {
        var reader = new FrameReader();
        Read(ref reader, Frame(Close, ""));
        Assert.True(reader.IsClosed);
    }

    private static string Read(ref FrameReader reader, ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder();
        while (reader.TryRead(ref bytes, out var content))
            text.Append(Encoding.UTF8.GetString(content));
        return text.ToString();
    }

    private static byte[] Frame(byte first, string text)
    {
        byte[] length = text.Length switch
        {
            < 126 => [(byte)text.Length],
            <= ushort.MaxValue => [126, (byte)(text.Length >> 8), (byte)text.Length],
            _ => [127, .. BigEndian(text.Length)],
        };
        return [first, .. length, .. Encoding.UTF8.GetBytes(text)];
    }

    private static byte[] BigEndian(long value)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(bytes, value);
        return bytes;
    }
}
