using System.Collections.Immutable;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Grains.Abstractions.Gateways;

namespace ImOrleans.Grains.Gateways;

/// <summary>The leases as the lease grain holds them.</summary>
internal sealed class LeaseBook(TimeProvider clock)
{
    // Longer than any silo is slow to read, and short enough for the list to stay that of the living.
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(1);

    private readonly Dictionary<GatewayId, Lease> _leases = [];

    // One count for all, from the time on: another activation of the grain does not repeat what this one said.
    private long _renewals = clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Renews a lease. One that was released stays so: the call was late.</summary>
    public void Renew(GatewayId gateway)
    {
        var isReleased = _leases.TryGetValue(gateway, out var lease) && lease.IsReleased;
        if (!isReleased)
            _leases[gateway] = new(++_renewals, clock.GetTimestamp(), false);
    }

    /// <summary>Ends a lease at once.</summary>
    public void Release(GatewayId gateway) => _leases[gateway] = new(++_renewals, clock.GetTimestamp(), true);

    /// <summary>All that moved in the last minute; the others are forgotten.</summary>
    public ImmutableArray<GatewayLease> List()
    {
        var now = clock.GetTimestamp();
        foreach (var (gateway, lease) in _leases)
            if (clock.GetElapsedTime(lease.MovedAt, now) > Kept)
                _leases.Remove(gateway);
        return [.. _leases.Select(entry => new GatewayLease(entry.Key, entry.Value.Renewals, entry.Value.IsReleased))];
    }

    private readonly record struct Lease(long Renewals, long MovedAt, bool IsReleased);
}
