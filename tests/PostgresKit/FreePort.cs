using System.Net;
using System.Net.Sockets;

namespace ImOrleans.PostgresKit;

/// <summary>Ports for servers that must be told theirs.</summary>
public static class FreePort
{
    /// <summary>A port that nobody listened on a moment ago.</summary>
    public static int Next()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
