using ImOrleans.Domain.Identifiers;
using ImOrleans.Grains.Abstractions.Delivery;

namespace ImOrleans.Grains.Abstractions.Rooms;

/// <summary>Asks whom a session follows in a topic.</summary>
[GenerateSerializer, Immutable, Alias("im.GetSubscribedUsersRequest")]
public sealed record GetSubscribedUsersRequest(
    [property: Id(0)] RouteUpdate RoomRoute,
    [property: Id(1)] RouteUpdate TopicRoute,
    [property: Id(2)] SessionId Session,
    [property: Id(3)] TopicName Topic);
