using System.Collections.Immutable;
using ImOrleans.Domain.Identifiers;
using Orleans.CodeGeneration;

namespace ImOrleans.Grains.Abstractions.Gateways;

/// <summary>
/// The leases of all gateways; one grain, <see cref="Key"/>. Gateways renew here, silos read here, and grains ask
/// their silo: no grain calls this one.
/// </summary>
/// <remarks>
/// Nothing is stored. When the grain is lost, the gateways' next renewals fill it again within 10 s, and silos judge by
/// how long they have not seen a lease move, so that a short absence ends nothing.
/// </remarks>
[Alias("im.IGatewayLeaseGrain"), Version(1)]
public interface IGatewayLeaseGrain : IGrainWithStringKey
{
    /// <summary>The key of the one grain.</summary>
    const string Key = "g:";

    /// <summary>Renews a gateway's lease.</summary>
    [Alias("Renew"), ResponseTimeout("00:00:04")]
    Task RenewAsync(GatewayId gateway);

    /// <summary>Ends a lease at once: the gateway has stopped and its sessions are gone.</summary>
    [Alias("Release"), ResponseTimeout("00:00:04")]
    Task ReleaseAsync(GatewayId gateway);

    /// <summary>All leases that were renewed in the last minute, released ones included.</summary>
    [Alias("List"), ResponseTimeout("00:00:04")]
    Task<ImmutableArray<GatewayLease>> ListAsync();
}
