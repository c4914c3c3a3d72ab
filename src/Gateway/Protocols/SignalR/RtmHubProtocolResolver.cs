using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;

namespace ImOrleans.Gateway.Protocols.SignalR;

/// <summary>Gives each connection a protocol of its own, around the one that all share.</summary>
internal sealed class RtmHubProtocolResolver(RtmHubProtocol shared, TimeProvider clock) : IHubProtocolResolver
{
    /// <inheritdoc />
    public IReadOnlyList<IHubProtocol> AllProtocols { get; } = [shared];

    /// <inheritdoc />
    public IHubProtocol? GetProtocol(string protocolName, IReadOnlyList<string>? supportedProtocols) =>
        protocolName.Equals(shared.Name, StringComparison.OrdinalIgnoreCase)
        && (supportedProtocols is null || supportedProtocols.Contains(shared.Name, StringComparer.OrdinalIgnoreCase))
            ? new HeardHubProtocol(shared, clock)
            : null;
}
