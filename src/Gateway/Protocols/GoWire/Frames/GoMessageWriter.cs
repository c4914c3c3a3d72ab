using System.Buffers;
using System.Text;
using ImOrleans.Gateway.Protocols.Protobuf;

namespace ImOrleans.Gateway.Protocols.GoWire.Frames;

/// <summary>Writes the fields of a message. Zero values are left out, as proto3 has it.</summary>
internal sealed class GoMessageWriter
{
    private const int VarintBytesMax = 10;

    private readonly ArrayBufferWriter<byte> _output = new(64);

    /// <summary>What was written so far.</summary>
    public ReadOnlyMemory<byte> Written => _output.WrittenMemory;

    /// <summary>A number; negative ones as ten bytes, never as zigzag.</summary>
    public GoMessageWriter Number(int field, long value)
    {
        if (value == 0)
            return this;
        WriteVarint((ulong)field << 3 | (ulong)ProtoWireType.Varint);
        WriteVarint((ulong)value);
        return this;
    }

    /// <summary>Text; nothing when it is null or empty.</summary>
    public GoMessageWriter Text(int field, string? value) =>
        string.IsNullOrEmpty(value) ? this : OneOf(field, Encoding.UTF8.GetBytes(value));

    /// <summary>Bytes, or a message in the message; nothing when there are none.</summary>
    public GoMessageWriter Bytes(int field, ReadOnlySpan<byte> value) => value.IsEmpty ? this : OneOf(field, value);

    /// <summary>One value of a field that repeats, which is written even when it is empty.</summary>
    public GoMessageWriter OneOf(int field, ReadOnlySpan<byte> value)
    {
        WriteVarint((ulong)field << 3 | (ulong)ProtoWireType.Bytes);
        WriteVarint((ulong)value.Length);
        _output.Write(value);
        return this;
    }

    /// <summary>One message of a field that repeats.</summary>
    public GoMessageWriter OneOf(int field, GoMessageWriter value) => OneOf(field, value.Written.Span);

    /// <summary>All values of a field that repeats.</summary>
    public GoMessageWriter All(int field, IEnumerable<string> values)
    {
        foreach (var value in values)
            OneOf(field, Encoding.UTF8.GetBytes(value));
        return this;
    }

    private void WriteVarint(ulong value)
    {
        var span = _output.GetSpan(VarintBytesMax);
        var count = 0;
        for (; value >= 0x80; value >>= 7)
            span[count++] = (byte)(value | 0x80);
        span[count++] = (byte)value;
        _output.Advance(count);
    }
}
