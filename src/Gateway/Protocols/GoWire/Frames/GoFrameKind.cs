namespace ImOrleans.Gateway.Protocols.GoWire.Frames;

/// <summary>Who sends a frame, as its fifth and sixth byte say.</summary>
internal enum GoFrameKind : ushort
{
    /// <summary>From the client.</summary>
    Request = 0x0FFE,

    /// <summary>From the server: replies and events.</summary>
    Reply = 0x0FFF,
}
