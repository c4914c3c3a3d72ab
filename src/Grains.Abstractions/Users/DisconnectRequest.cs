using ImOrleans.Domain.Identifiers;
using ImOrleans.Grains.Abstractions.Delivery;

namespace ImOrleans.Grains.Abstractions.Users;

/// <summary>The end of a login.</summary>
[GenerateSerializer, Immutable, Alias("im.DisconnectRequest")]
public sealed record DisconnectRequest(
    [property: Id(0)] RouteUpdate Route,
    [property: Id(1)] SessionId Session);
