using ImOrleans.Domain.Identifiers;

namespace ImOrleans.Grains.Gateways;

/// <summary>What this silo knows of the gateways' leases. Safe for concurrent use; never waits.</summary>
public interface IGatewayLeases
{
    /// <summary>True when a gateway has said good-bye, or has been silent for a lease's length.</summary>
    /// <param name="gateway">The incarnation.</param>
    /// <param name="sinceTimestamp">
    /// A timestamp of the silo's clock (<see cref="TimeProvider.GetTimestamp"/>): when the grain last heard from the
    /// gateway itself. Silence counts from the later of this and the last renewal seen.
    /// </param>
    /// <remarks>
    /// <b>Guarantee:</b> only time during which this silo could read the leases counts as silence.
    /// </remarks>
    bool IsDead(GatewayId gateway, long sinceTimestamp);
}
