namespace ImOrleans.Gateway.Protocols.GoWire.Frames;

/// <summary>What reading has found.</summary>
internal enum GoFrameStatus
{
    /// <summary>The beginning of a frame, perhaps nothing of it: more bytes are needed.</summary>
    Incomplete,

    /// <summary>A whole frame.</summary>
    Whole,

    /// <summary>No frame, or one that is too long: nothing behind it can be read any more.</summary>
    Broken,
}
