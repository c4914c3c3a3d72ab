namespace ImOrleans.Domain.Errors;

/// <summary>The state of a link as RTM2 clients know it (feature row R4).</summary>
public enum ConnectionState
{
    Disconnected = 1,
    Connecting = 2,
    Connected = 3,
    Reconnecting = 4,
    Failed = 5,
}
