using System.Net;

namespace ImOrleans.ClientKit;

/// <summary>The server answered the upgrade with another status than 101.</summary>
public sealed class ConnectionRefusedException(HttpStatusCode status, Exception inner)
    : Exception($"The server refused the connection with status {(int)status}.", inner)
{
    public HttpStatusCode Status { get; } = status;
}
