namespace ImOrleans.Client;

/// <summary>Where a client's connection stands, in RTM2's numbers.</summary>
public enum ConnectionState
{
    /// <summary>Not connected, and not about to be: never connected, or disconnected by the app.</summary>
    Disconnected = 1,

    /// <summary>The app's <see cref="RtmClient.ConnectAsync"/> is under way.</summary>
    Connecting = 2,

    /// <summary>Connected, and all that the app had is there.</summary>
    Connected = 3,

    /// <summary>The connection was lost; the client connects again by itself, or restores what the app had.</summary>
    Reconnecting = 4,

    /// <summary>
    /// The connection was ended for a reason that reconnecting does not cure. The app may connect again.
    /// </summary>
    Failed = 5,
}
