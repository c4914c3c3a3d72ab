using ImOrleans.Domain.Identifiers;

namespace ImOrleans.Grains.Abstractions.Gateways;

/// <summary>One gateway's lease.</summary>
/// <param name="Gateway">The incarnation.</param>
/// <param name="Renewals">Rises with each renewal; a number that stands still means that the gateway is silent.</param>
/// <param name="IsReleased">True when the gateway said good-bye.</param>
[GenerateSerializer, Immutable, Alias("im.GatewayLease")]
public sealed record GatewayLease(
    [property: Id(0)] GatewayId Gateway,
    [property: Id(1)] long Renewals,
    [property: Id(2)] bool IsReleased);
