using ImOrleans.Domain.Identifiers;
using ImOrleans.Grains.Abstractions.Delivery;
using ImOrleans.Grains.Abstractions.Presence;

namespace ImOrleans.Grains.Abstractions.Rooms;

/// <summary>A session enters a channel.</summary>
[GenerateSerializer, Immutable, Alias("im.RoomJoinRequest")]
public sealed record RoomJoinRequest(
    [property: Id(0)] RouteUpdate Route,
    [property: Id(1)] SessionId Session,
    [property: Id(2)] UserId User,
    [property: Id(3)] DateTimeOffset? TokenExpiresAt)
{
    /// <summary>Its part in the channel's presence.</summary>
    [Id(4)]
    public MemberPresence Presence { get; init; } = MemberPresence.Default;
}
