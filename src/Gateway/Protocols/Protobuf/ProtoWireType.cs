namespace ImOrleans.Gateway.Protocols.Protobuf;

/// <summary>How a field's value is written.</summary>
internal enum ProtoWireType
{
    Varint = 0,
    Fixed64 = 1,
    Bytes = 2,
    Fixed32 = 5,
}
