namespace ImOrleans.Gateway.Protocols.Protobuf;

/// <summary>One field of a message.</summary>
/// <param name="Number">Which.</param>
/// <param name="Type">How its value is written.</param>
/// <param name="Value">The value of a varint; negative numbers are their two's complement.</param>
/// <param name="Start">Where its bytes begin in the message, for all other types.</param>
/// <param name="Length">How many bytes it has.</param>
internal readonly record struct ProtoField(int Number, ProtoWireType Type, long Value, int Start, int Length);
