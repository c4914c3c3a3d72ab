namespace ImOrleans.Client.Connections;

/// <summary>Opens links.</summary>
internal interface ILinkFactory : IDisposable
{
    /// <summary>Opens a link, up to the handshake.</summary>
    /// <exception cref="RtmException">The server refused it, or cannot be reached.</exception>
    Task<ILink> OpenAsync(string token, ILinkEvents events, CancellationToken cancellationToken);
}
