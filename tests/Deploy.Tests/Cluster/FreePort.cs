using System.Net;
using System.Net.Sockets;

namespace ImOrleans.Deploy.Tests.Cluster;

/// <summary>Ports for servers that must be told theirs.</summary>
internal static class FreePort
{
    /// <summary>A port that nobody listened on a moment ago.</summary>
    public static int Next()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
