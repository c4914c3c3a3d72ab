using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace ImOrleans.Bench.Load;

/// <summary>A hub call as it goes over the wire, made once; only its number changes from send to send.</summary>
internal sealed class CallFrame
{
    /// <summary>What stands for the number in the text.</summary>
    public const string Number = "########";

    private readonly byte[] _bytes;
    private readonly List<int> _numbers = [];

    /// <summary>Makes the frame of a call, with <see cref="Number"/> wherever its number belongs.</summary>
    public CallFrame(string json)
    {
        _bytes = Encode(json);
        for (var at = 0; (at = Find(at)) >= 0; at += Number.Length)
            _numbers.Add(at);
    }

    /// <summary>The length of the frame.</summary>
    public int Length => _bytes.Length;

    /// <summary>The frame with a number put in, valid until the next call.</summary>
    public ReadOnlySpan<byte> With(int number)
    {
        foreach (var at in _numbers)
            number.TryFormat(_bytes.AsSpan(at, Number.Length), out _, "D8", CultureInfo.InvariantCulture);
        return _bytes;
    }

    /// <summary>A client's text frame around one record; masked as clients must, with a mask that changes nothing.</summary>
    public static byte[] Encode(string json)
    {
        const byte FinalText = 0x81;
        const byte Masked = 0x80;
        var length = Encoding.UTF8.GetByteCount(json) + 1;
        var head = length < 126 ? 6 : 8;
        var bytes = new byte[head + length];
        bytes[0] = FinalText;
        if (length < 126)
        {
            bytes[1] = (byte)(Masked | length);
        }
        else
        {
            bytes[1] = Masked | 126;
            BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(2), checked((ushort)length));
        }

        Encoding.UTF8.GetBytes(json, bytes.AsSpan(head));
        bytes[^1] = HubClient.RecordSeparator;
        return bytes;
    }

    private int Find(int from)
    {
        var at = _bytes.AsSpan(from).IndexOf(Encoding.ASCII.GetBytes(Number));
        return at < 0 ? -1 : from + at;
    }
}
