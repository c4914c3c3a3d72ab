using ImOrleans.Domain.Identifiers;
using ImOrleans.Grains.Abstractions.Delivery;
using ImOrleans.Grains.Abstractions.Presence;

namespace ImOrleans.Grains.Abstractions.Rooms;

/// <summary>A session goes out of a channel.</summary>
/// <param name="Route">The gateway's route; null when the user grain itself ends a login whose gateway is gone.</param>
/// <param name="Session">Who goes.</param>
[GenerateSerializer, Immutable, Alias("im.RoomLeaveRequest")]
public sealed record RoomLeaveRequest(
    [property: Id(0)] RouteUpdate? Route,
    [property: Id(1)] SessionId Session)
{
    /// <summary>Why; others are told that its user left, or timed out.</summary>
    [Id(2)]
    public PresenceEnd End { get; init; } = PresenceEnd.Left;
}
