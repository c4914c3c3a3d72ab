namespace ImOrleans.Client.Connections;

/// <summary>What a connection shows to come back to a session (PROTOCOL.md, section 6).</summary>
/// <param name="Key">The key that the server gave; empty: a new session is asked for.</param>
/// <param name="Received">How many events of the session have come.</param>
internal sealed record SessionTicket(string Key, long Received)
{
    /// <summary>Asks for a new session.</summary>
    public static SessionTicket New { get; } = new("", 0);
}
