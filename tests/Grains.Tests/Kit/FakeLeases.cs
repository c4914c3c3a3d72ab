using ImOrleans.Grains.Gateways;

namespace ImOrleans.Grains.Tests.Kit;

/// <summary>Leases by decree: a gateway is dead when the test says so.</summary>
internal sealed class FakeLeases : IGatewayLeases
{
    public HashSet<GatewayId> Dead { get; } = [];

    public bool IsDead(GatewayId gateway, long sinceTimestamp) => Dead.Contains(gateway);
}
