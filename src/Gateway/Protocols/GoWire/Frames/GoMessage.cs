using System.Text;
using ImOrleans.Gateway.Protocols.Protobuf;

namespace ImOrleans.Gateway.Protocols.GoWire.Frames;

/// <summary>The fields of a message, by their numbers.</summary>
/// <remarks>
/// As protobuf has it: a field that is absent has the zero value, of one that comes twice the last counts, and one of
/// another wire type than asked for is as good as absent.
/// </remarks>
internal sealed class GoMessage
{
    /// <summary>More fields than that make a message malformed: all lists of the wire are far shorter.</summary>
    public const int FieldsMax = 4096;

    private readonly ReadOnlyMemory<byte> _bytes;
    private readonly List<ProtoField> _fields;

    private GoMessage(ReadOnlyMemory<byte> bytes, List<ProtoField> fields) => (_bytes, _fields) = (bytes, fields);

    /// <summary>Reads a message, which keeps the bytes; null when it is malformed.</summary>
    public static GoMessage? Read(ReadOnlyMemory<byte> bytes)
    {
        var fields = new List<ProtoField>(8);
        var reader = new ProtoReader(bytes.Span);
        while (reader.TryRead(out var field))
        {
            if (fields.Count == FieldsMax)
                return null;
            fields.Add(field);
        }

        return reader.IsBroken ? null : new(bytes, fields);
    }

    /// <summary>A number, an enum, or true and false as 1 and 0.</summary>
    public long Number(int field) => TryFind(field, ProtoWireType.Varint, out var found) ? found.Value : 0;

    /// <summary>True when the field is there with bytes, which may be none.</summary>
    public bool HasBytes(int field) => TryFind(field, ProtoWireType.Bytes, out _);

    /// <summary>Bytes, or a message in the message. They lie in the bytes that were read.</summary>
    public ReadOnlyMemory<byte> Bytes(int field) =>
        TryFind(field, ProtoWireType.Bytes, out var found) ? _bytes.Slice(found.Start, found.Length) : default;

    /// <summary>Text; what is no UTF-8 in it is U+FFFD, which no identifier may have.</summary>
    public string Text(int field) => Encoding.UTF8.GetString(Bytes(field).Span);

    /// <summary>All values of a field that repeats.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> All(int field) => _fields
        .Where(found => found.Number == field && found.Type == ProtoWireType.Bytes)
        .Select(found => _bytes.Slice(found.Start, found.Length));

    private bool TryFind(int number, ProtoWireType type, out ProtoField found)
    {
        for (var i = _fields.Count - 1; i >= 0; i--)
            if (_fields[i].Number == number && _fields[i].Type == type)
            {
                found = _fields[i];
                return true;
            }

        found = default;
        return false;
    }
}
