using ImOrleans.Domain.Identifiers;

namespace ImOrleans.Grains.Abstractions.Delivery;

/// <summary>Asks whether a grain still knows what a gateway believes to have registered.</summary>
/// <param name="Gateway">The gateway that asks.</param>
/// <param name="Epoch">The activation of its registration.</param>
/// <param name="Digest">See <see cref="RegistrationDigest"/>.</param>
[GenerateSerializer, Immutable, Alias("im.RouteCheck")]
public sealed record RouteCheck(
    [property: Id(0)] GatewayId Gateway,
    [property: Id(1)] long Epoch,
    [property: Id(2)] long Digest);
