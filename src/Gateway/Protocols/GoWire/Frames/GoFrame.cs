namespace ImOrleans.Gateway.Protocols.GoWire.Frames;

/// <summary>One frame of the wire.</summary>
/// <param name="SequenceId">The client's number of a request, repeated in its reply; 0 in events.</param>
/// <param name="Uri">What the message is; numbers that have no name here are kept as they are.</param>
/// <param name="Message">The fields of the message, as a <see cref="GoMessage"/> reads them; may be empty.</param>
/// <param name="ErrorCode">Of a reply: 0 when it succeeded.</param>
internal readonly record struct GoFrame(long SequenceId, GoUri Uri, ReadOnlyMemory<byte> Message, int ErrorCode = 0);
