using System.Collections.Immutable;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Grains.Abstractions.Gateways;

namespace ImOrleans.Grains.Gateways;

/// <summary>The one grain that holds the leases of all gateways.</summary>
[GrainType("gateway-lease")]
public sealed class GatewayLeaseGrain(TimeProvider clock) : Grain, IGatewayLeaseGrain
{
    private readonly LeaseBook _book = new(clock);

    /// <inheritdoc />
    public Task RenewAsync(GatewayId gateway)
    {
        _book.Renew(gateway);
        return Task.CompletedTask;
    }

    /// <inheritdoc />
    public Task ReleaseAsync(GatewayId gateway)
    {
        _book.Release(gateway);
        return Task.CompletedTask;
    }

    /// <inheritdoc />
    public Task<ImmutableArray<GatewayLease>> ListAsync() => Task.FromResult(_book.List());
}
