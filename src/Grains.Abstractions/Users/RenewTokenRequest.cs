using ImOrleans.Domain.Identifiers;
using ImOrleans.Grains.Abstractions.Delivery;

namespace ImOrleans.Grains.Abstractions.Users;

/// <summary>A session's token was replaced by one that lasts until <paramref name="ExpiresAt"/>.</summary>
[GenerateSerializer, Immutable, Alias("im.RenewTokenRequest")]
public sealed record RenewTokenRequest(
    [property: Id(0)] RouteUpdate Route,
    [property: Id(1)] SessionId Session,
    [property: Id(2)] DateTimeOffset ExpiresAt);
