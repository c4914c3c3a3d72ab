using System.Globalization;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Grains.Abstractions.Delivery;

namespace ImOrleans.Gateway.Routing;

/// <summary>
/// Who this gateway is to the grains: one incarnation, with rising numbers for its sessions and its calls.
/// </summary>
public sealed class GatewayIdentity
{
    private long _lastSession;
    private long _lastGeneration;

    /// <summary>Names an incarnation by its machine, its process and the moment it began.</summary>
    public GatewayIdentity(TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(clock);
        var unique = Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(4));
        var startedAt = clock.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        Id = new($"{Environment.MachineName}-{Environment.ProcessId}-{startedAt}-{unique}");
    }

    /// <summary>An incarnation of a known name.</summary>
    internal GatewayIdentity(GatewayId id) => Id = id;

    /// <summary>The incarnation.</summary>
    public GatewayId Id { get; }

    /// <summary>A session id that was never used before.</summary>
    public SessionId NextSession() => new(Id, Interlocked.Increment(ref _lastSession));

    /// <summary>A number above all that <see cref="RouteUpdate.Generation"/> has carried so far.</summary>
    public long NextGeneration() => Interlocked.Increment(ref _lastGeneration);
}
