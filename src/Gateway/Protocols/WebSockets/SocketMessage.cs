namespace ImOrleans.Gateway.Protocols.WebSockets;

/// <summary>A whole message of a client.</summary>
/// <param name="Bytes">Its content; valid until the next one is read.</param>
/// <param name="IsText">Whether it came as text; its bytes are not checked to be UTF-8.</param>
internal readonly record struct SocketMessage(ReadOnlyMemory<byte> Bytes, bool IsText);
