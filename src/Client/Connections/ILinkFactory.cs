namespace ImOrleans.Client.Connections;

/// <summary>Opens links.</summary>
internal interface ILinkFactory : IDisposable
{
    /// <summary>Opens a link, up to the handshake.</summary>
    /// <param name="token">The login token.</param>
    /// <param name="ticket">The session that is to go on.</param>
    /// <param name="events">Takes what the server tells.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="RtmException">The server refused it, or cannot be reached.</exception>
    Task<ILink> OpenAsync(
        string token, SessionTicket ticket, ILinkEvents events, CancellationToken cancellationToken);
}
