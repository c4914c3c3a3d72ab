using System.Collections.Immutable;
using ImOrleans.Grains.Abstractions.Delivery;
using ImOrleans.Grains.Abstractions.Presence;

namespace ImOrleans.Grains.Abstractions.Rooms;

/// <summary>A session is in. Events after the stamp's position are not in the snapshot.</summary>
/// <param name="Stamp">The activation and its position.</param>
/// <param name="Topics">One entry a topic that has a publisher.</param>
[GenerateSerializer, Immutable, Alias("im.RoomJoined")]
public sealed record RoomJoined(
    [property: Id(0)] RouteStamp Stamp,
    [property: Id(1)] ImmutableArray<TopicPublishers> Topics)
{
    /// <summary>Its user's state, and who is there when it wants to know.</summary>
    [Id(2)]
    public PresenceEntered Presence { get; init; } = PresenceEntered.Nothing;
}
