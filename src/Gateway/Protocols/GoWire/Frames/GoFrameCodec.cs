using System.Buffers;
using System.Buffers.Binary;
using ImOrleans.Gateway.Protocols.Protobuf;

namespace ImOrleans.Gateway.Protocols.GoWire.Frames;

/// <summary>
/// Frames as bytes: length, two constants, header length, header. The header is a protobuf message that holds the
/// frame's own message as one of its fields.
/// </summary>
/// <remarks>
/// The length counts itself. It and the header length are two bytes below 0x8000, and three from there on; each in the
/// one form that fits. All numbers are little-endian. Reading keeps nothing and never throws; what it allocates is at
/// most a copy of a frame that is there in full.
/// </remarks>
internal static class GoFrameCodec
{
    /// <summary>The longest frame that is read, all of it counted. Unit: bytes.</summary>
    /// <remarks>The wire's own limit is 8 MiB; everything that is not refused for its length fits in far less.</remarks>
    public const int FrameBytesMax = 256 * 1024;

    private const ushort Magic = 2380;
    private const int ConstantBytes = 2 * sizeof(ushort);
    private const int StartBytesMax = 3 + ConstantBytes;
    private const int ShortLengthMax = 0x7FFF;
    private const int LengthMax = 0x7FFFFF;

    /// <summary>Reads one frame, and takes it out of <paramref name="input"/>.</summary>
    /// <param name="input">What was received; unchanged unless a whole frame was read.</param>
    /// <param name="kind">Whose frames are expected.</param>
    /// <param name="frame">The frame; its message is a copy.</param>
    public static GoFrameStatus TryRead(ref ReadOnlySequence<byte> input, GoFrameKind kind, out GoFrame frame)
    {
        frame = default;
        Span<byte> start = stackalloc byte[StartBytesMax];
        scoped var first = input.FirstSpan;
        if (first.Length < StartBytesMax && input.Length > first.Length)
        {
            var count = (int)Math.Min(StartBytesMax, input.Length);
            input.Slice(0, count).CopyTo(start);
            first = start[..count];
        }

        if (!TryReadLength(first, out var length, out var lengthBytes))
            return GoFrameStatus.Incomplete;
        if (length > FrameBytesMax || length < lengthBytes + ConstantBytes + sizeof(ushort)
            || (lengthBytes > sizeof(ushort) && length <= ShortLengthMax))
            return GoFrameStatus.Broken;
        // Who speaks another protocol is not waited for.
        if (first.Length >= lengthBytes + ConstantBytes && !HasConstants(first[lengthBytes..], kind))
            return GoFrameStatus.Broken;
        if (input.Length < length)
            return GoFrameStatus.Incomplete;
        var whole = input.FirstSpan.Length >= length ? input.FirstSpan[..length] : input.Slice(0, length).ToArray();
        if (!TryReadFrame(whole[(lengthBytes + ConstantBytes)..], out frame))
            return GoFrameStatus.Broken;
        input = input.Slice(length);
        return GoFrameStatus.Whole;
    }

    /// <summary>Writes one frame.</summary>
    /// <exception cref="ArgumentException">It is longer than the wire can say: 8,388,607 bytes.</exception>
    public static byte[] Write(GoFrame frame, GoFrameKind kind)
    {
        var header = new GoMessageWriter()
            .Number(1, frame.SequenceId)
            .Number(2, (int)frame.Uri)
            .Bytes(4, frame.Message.Span)
            .Number(6, frame.ErrorCode)
            .Written.Span;
        var behind = ConstantBytes + BytesOf(header.Length) + header.Length;
        var length = behind + sizeof(ushort) <= ShortLengthMax ? behind + sizeof(ushort) : behind + 3;
        if (length > LengthMax)
            throw new ArgumentException("The frame is longer than the wire can say.", nameof(frame));
        var bytes = new byte[length];
        var rest = WriteLength(bytes, length);
        BinaryPrimitives.WriteUInt16LittleEndian(rest, Magic);
        BinaryPrimitives.WriteUInt16LittleEndian(rest[sizeof(ushort)..], (ushort)kind);
        rest = WriteLength(rest[ConstantBytes..], header.Length);
        header.CopyTo(rest);
        return bytes;
    }

    private static bool HasConstants(ReadOnlySpan<byte> bytes, GoFrameKind kind) =>
        BinaryPrimitives.ReadUInt16LittleEndian(bytes) == Magic
        && BinaryPrimitives.ReadUInt16LittleEndian(bytes[sizeof(ushort)..]) == (ushort)kind;

    private static bool TryReadFrame(ReadOnlySpan<byte> bytes, out GoFrame frame)
    {
        frame = default;
        if (!TryReadLength(bytes, out var length, out var lengthBytes)
            || (lengthBytes > sizeof(ushort) && length <= ShortLengthMax))
            return false;
        var header = bytes[lengthBytes..];
        return header.Length == length && TryReadHeader(header, out frame);
    }

    private static bool TryReadHeader(ReadOnlySpan<byte> header, out GoFrame frame)
    {
        frame = default;
        var (sequenceId, uri, errorCode) = (0L, 0, 0);
        var message = default(ReadOnlySpan<byte>);
        var reader = new ProtoReader(header);
        while (reader.TryRead(out var field))
            switch (field)
            {
                case { Number: 1, Type: ProtoWireType.Varint }:
                    sequenceId = field.Value;
                    break;
                case { Number: 2, Type: ProtoWireType.Varint }:
                    uri = (int)field.Value;
                    break;
                case { Number: 4, Type: ProtoWireType.Bytes }:
                    message = header.Slice(field.Start, field.Length);
                    break;
                case { Number: 6, Type: ProtoWireType.Varint }:
                    errorCode = (int)field.Value;
                    break;
                case { Number: 1 or 2 or 4 or 6 }:
                    return false;
            }

        if (reader.IsBroken)
            return false;
        frame = new(sequenceId, (GoUri)uri, message.ToArray(), errorCode);
        return true;
    }

    /// <summary>Reads a length; false when it is not there in full.</summary>
    private static bool TryReadLength(ReadOnlySpan<byte> bytes, out int value, out int count)
    {
        (value, count) = (0, sizeof(ushort));
        if (bytes.Length < count)
            return false;
        value = BinaryPrimitives.ReadUInt16LittleEndian(bytes);
        if (value <= ShortLengthMax)
            return true;
        if (bytes.Length < ++count)
            return false;
        value = (value & ShortLengthMax) | bytes[2] << 15;
        return true;
    }

    private static int BytesOf(int length) => length <= ShortLengthMax ? sizeof(ushort) : 3;

    private static Span<byte> WriteLength(Span<byte> output, int length)
    {
        if (length <= ShortLengthMax)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(output, (ushort)length);
            return output[sizeof(ushort)..];
        }

        BinaryPrimitives.WriteUInt16LittleEndian(output, (ushort)((length & ShortLengthMax) | ShortLengthMax + 1));
        output[2] = (byte)(length >> 15);
        return output[3..];
    }
}
