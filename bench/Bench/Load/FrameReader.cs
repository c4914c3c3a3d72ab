using System.Buffers.Binary;

namespace ImOrleans.Bench.Load;

/// <summary>Takes a server's WebSocket frames apart, in whatever pieces the bytes come.</summary>
/// <remarks>Frames of a server are never masked. Control frames are passed over.</remarks>
internal struct FrameReader
{
    private const int CloseOpcode = 8;

    private ulong _left;
    private bool _isControl;
    private int _headerLength;
    private HeaderBytes _header;

    /// <summary>True once the server has sent a close frame.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>Takes the next piece of a message's content off the front of <paramref name="bytes"/>.</summary>
    /// <returns>False when nothing is left to take.</returns>
    public bool TryRead(ref ReadOnlySpan<byte> bytes, out ReadOnlySpan<byte> content)
    {
        while (!bytes.IsEmpty)
        {
            if (_left == 0)
            {
                ReadHeader(ref bytes);
                continue;
            }

            var length = (int)Math.Min(_left, (ulong)bytes.Length);
            content = bytes[..length];
            bytes = bytes[length..];
            _left -= (ulong)length;
            if (!_isControl)
                return true;
        }

        content = default;
        return false;
    }

    private void ReadHeader(ref ReadOnlySpan<byte> bytes)
    {
        Span<byte> header = _header;
        while (_headerLength < 2 || _headerLength < LengthOf(header[1]))
        {
            if (bytes.IsEmpty)
                return;
            header[_headerLength++] = bytes[0];
            bytes = bytes[1..];
        }

        var opcode = header[0] & 0x0f;
        _isControl = opcode >= CloseOpcode;
        IsClosed |= opcode == CloseOpcode;
        _left = header[1] switch
        {
            126 => BinaryPrimitives.ReadUInt16BigEndian(header[2..]),
            127 => BinaryPrimitives.ReadUInt64BigEndian(header[2..]),
            var length => length,
        };
        _headerLength = 0;
    }

    private static int LengthOf(byte second) => second switch
    {
        126 => 4,
        127 => 10,
        _ => 2,
    };

    [System.Runtime.CompilerServices.InlineArray(10)]
    private struct HeaderBytes
    {
        private byte _first;
    }
}
