using ImOrleans.Client.Wire;

namespace ImOrleans.Client.Connections;

/// <summary>One connection to the server, from its handshake to its end. Tests put a fake one in its place.</summary>
internal interface ILink : IAsyncDisposable
{
    /// <summary>Completes, and never fails, when the link has ended and its last event was handed over.</summary>
    Task Closed { get; }

    /// <summary>Sends a call, in the order in which this is called.</summary>
    /// <exception cref="LinkLostException">The link ended before the answer came.</exception>
    Task<WireReply> CallAsync(string method, object? request);

    /// <summary>Sends a call whose answer nobody waits for.</summary>
    void Send(string method, object request);

    /// <summary>Cuts the link.</summary>
    void Abort();
}
