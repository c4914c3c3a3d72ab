using ImOrleans.Grains.Gateways;
using Microsoft.Extensions.Logging;

namespace ImOrleans.Grains.Delivery;

/// <summary>What all outboxes of one activation share.</summary>
/// <param name="Route">The key of the grain.</param>
/// <param name="Epoch">The activation.</param>
/// <param name="Clock">Times the repeats.</param>
/// <param name="Leases">Tells when repeating has no sense any more.</param>
/// <param name="Options">The bounds.</param>
/// <param name="Logger">The grain's own.</param>
internal sealed record OutboxContext(
    string Route,
    long Epoch,
    TimeProvider Clock,
    IGatewayLeases Leases,
    DeliveryOptions Options,
    ILogger Logger);
