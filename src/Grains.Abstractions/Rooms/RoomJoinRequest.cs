using ImOrleans.Domain.Identifiers;
using ImOrleans.Grains.Abstractions.Delivery;

namespace ImOrleans.Grains.Abstractions.Rooms;

/// <summary>A session enters a channel.</summary>
[GenerateSerializer, Immutable, Alias("im.RoomJoinRequest")]
public sealed record RoomJoinRequest(
    [property: Id(0)] RouteUpdate Route,
    [property: Id(1)] SessionId Session,
    [property: Id(2)] UserId User,
    [property: Id(3)] DateTimeOffset? TokenExpiresAt);
