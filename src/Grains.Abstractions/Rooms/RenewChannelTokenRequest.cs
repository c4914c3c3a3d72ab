using ImOrleans.Domain.Identifiers;
using ImOrleans.Grains.Abstractions.Delivery;

namespace ImOrleans.Grains.Abstractions.Rooms;

/// <summary>
/// A session's token for this channel was replaced by one that lasts until <paramref name="ExpiresAt"/>.
/// </summary>
[GenerateSerializer, Immutable, Alias("im.RenewChannelTokenRequest")]
public sealed record RenewChannelTokenRequest(
    [property: Id(0)] RouteUpdate Route,
    [property: Id(1)] SessionId Session,
    [property: Id(2)] DateTimeOffset ExpiresAt);
