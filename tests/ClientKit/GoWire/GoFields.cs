using System.Text;

namespace ImOrleans.ClientKit.GoWire;

/// <summary>
/// A protobuf message as its fields in order: whole numbers as <see cref="long"/>, all else as bytes. Written from the
/// documentation and without the server's code.
/// </summary>
public sealed class GoFields
{
    private readonly List<(int Number, object Value)> _fields = [];

    /// <summary>A number, written also when it is 0.</summary>
    public GoFields With(int field, long value)
    {
        _fields.Add((field, value));
        return this;
    }

    public GoFields With(int field, string text) => With(field, Encoding.UTF8.GetBytes(text));

    public GoFields With(int field, byte[] bytes)
    {
        _fields.Add((field, bytes));
        return this;
    }

    public long Number(int field) =>
        _fields.Where(entry => entry.Number == field).Select(entry => entry.Value).OfType<long>().LastOrDefault();

    public byte[] Bytes(int field) => All(field).LastOrDefault() ?? [];

    public string Text(int field) => Encoding.UTF8.GetString(Bytes(field));

    public IEnumerable<byte[]> All(int field) =>
        _fields.Where(entry => entry.Number == field).Select(entry => entry.Value).OfType<byte[]>();

    public IEnumerable<string> Texts(int field) => All(field).Select(Encoding.UTF8.GetString);

    public IEnumerable<GoFields> Messages(int field) => All(field).Select(Read);

    /// <summary>The bytes of the message.</summary>
    public byte[] ToBytes()
    {
        var bytes = new List<byte>();
        foreach (var (number, value) in _fields)
            if (value is byte[] content)
            {
                WriteNumber(bytes, ((ulong)number << 3) | 2);
                WriteNumber(bytes, (ulong)content.Length);
                bytes.AddRange(content);
            }
            else
            {
                WriteNumber(bytes, (ulong)number << 3);
                WriteNumber(bytes, (ulong)(long)value);
            }

        return [.. bytes];
    }

    /// <summary>Reads a message.</summary>
    /// <exception cref="InvalidDataException">It has something that the server never sends.</exception>
    public static GoFields Read(byte[] bytes)
    {
        var fields = new GoFields();
        for (var at = 0; at < bytes.Length;)
        {
            var tag = ReadNumber(bytes, ref at);
            switch (tag & 7)
            {
                case 0:
                    fields.With((int)(tag >> 3), (long)ReadNumber(bytes, ref at));
                    break;
                case 2:
                    var length = (int)ReadNumber(bytes, ref at);
                    fields.With((int)(tag >> 3), bytes[at..(at + length)]);
                    at += length;
                    break;
                default:
                    throw new InvalidDataException($"A field of wire type {tag & 7}.");
            }
        }

        return fields;
    }

    private static void WriteNumber(List<byte> bytes, ulong value)
    {
        while (value > 127)
        {
            bytes.Add((byte)(value % 128 + 128));
            value /= 128;
        }

        bytes.Add((byte)value);
    }

    private static ulong ReadNumber(byte[] bytes, ref int at)
    {
        ulong value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var part = bytes[at++];
            value += (ulong)(part % 128) << shift;
            if (part < 128)
                return value;
        }
    }
}
