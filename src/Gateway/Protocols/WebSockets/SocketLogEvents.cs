namespace ImOrleans.Gateway.Protocols.WebSockets;

/// <summary>The event ids of this folder: 6220 to 6229. A retired one stays as a comment.</summary>
internal static class SocketLogEvents
{
    public const int TooManyConnections = 6220;
    public const int OriginRefused = 6221;
    public const int ServingFailed = 6222;
    public const int SlowConnection = 6223;
}
