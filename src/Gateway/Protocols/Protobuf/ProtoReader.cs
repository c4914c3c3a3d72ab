namespace ImOrleans.Gateway.Protocols.Protobuf;

/// <summary>
/// Reads the fields of a protobuf message one by one. Strict: what is cut short, a number of more than ten bytes, field
/// number 0 and groups make it broken, and nothing is read any more.
/// </summary>
internal ref struct ProtoReader(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _at;

    /// <summary>True once something was malformed.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Reads the next field: its number, its type, and its value or where its bytes lie.</summary>
    /// <param name="field">What was read.</param>
    /// <returns>False at the end, and when the message is broken.</returns>
    public bool TryRead(out ProtoField field)
    {
        field = default;
        if (_at == _bytes.Length || IsBroken)
            return false;
        var tag = ReadVarint();
        var number = tag >> 3;
        if (IsBroken || number is 0 or > 0x1FFFFFFF)
            return Break();
        var type = (ProtoWireType)(tag & 7);
        switch (type)
        {
            case ProtoWireType.Varint:
                field = new((int)number, type, (long)ReadVarint(), 0, 0);
                return !IsBroken;
            case ProtoWireType.Bytes:
                var length = ReadVarint();
                return !IsBroken && TryTake((int)number, type, length, out field);
            case ProtoWireType.Fixed64:
                return TryTake((int)number, type, sizeof(ulong), out field);
            case ProtoWireType.Fixed32:
                return TryTake((int)number, type, sizeof(uint), out field);
            default:
                return Break();
        }
    }

    private bool TryTake(int number, ProtoWireType type, ulong length, out ProtoField field)
    {
        field = default;
        if (length > (ulong)(_bytes.Length - _at))
            return Break();
        field = new(number, type, 0, _at, (int)length);
        _at += (int)length;
        return true;
    }

    private ulong ReadVarint()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64 && _at < _bytes.Length; shift += 7)
        {
            var part = _bytes[_at++];
            if (shift == 63 && part > 1)
                break;
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
                return value;
        }

        IsBroken = true;
        return 0;
    }

    private bool Break()
    {
        IsBroken = true;
        return false;
    }
}
