using ImOrleans.Gateway.Protocols.SignalR;

namespace ImOrleans.Gateway.Protocols.WebSockets;

/// <summary>What one WebSocket may use, and for how long.</summary>
internal sealed record SocketLimits
{
    /// <summary>The longest message that is read, in bytes; a longer one closes the connection with 1009.</summary>
    /// <remarks><b>Default:</b> 256 KiB, as for the hub.</remarks>
    public int MessageBytesMax { get; init; } = RtmHubProtocol.FrameBytesMax;

    /// <summary>Messages that may wait to be written, besides the one that is; one more means a slow reader.</summary>
    /// <remarks><b>Default:</b> 256.</remarks>
    public int QueueItemsMax { get; init; } = 256;

    /// <summary>Their bytes.</summary>
    /// <remarks><b>Default:</b> 1 MiB.</remarks>
    public int QueueBytesMax { get; init; } = 1024 * 1024;

    /// <summary>How long one write may wait for the client. Looked at every five seconds.</summary>
    /// <remarks><b>Default:</b> 60 s.</remarks>
    public TimeSpan StallMax { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a client may send no message; null: as long as it likes. Looked at every five seconds.</summary>
    /// <remarks><b>Default:</b> null.</remarks>
    public TimeSpan? IdleMax { get; init; }

    /// <summary>How long the closing handshake may take; then the connection is cut off.</summary>
    /// <remarks><b>Default:</b> 5 s.</remarks>
    public TimeSpan CloseMax { get; init; } = TimeSpan.FromSeconds(5);
}
