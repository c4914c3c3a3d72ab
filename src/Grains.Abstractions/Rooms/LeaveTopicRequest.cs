using ImOrleans.Domain.Identifiers;
using ImOrleans.Grains.Abstractions.Delivery;

namespace ImOrleans.Grains.Abstractions.Rooms;

/// <summary>A session ceases to publish in a topic.</summary>
[GenerateSerializer, Immutable, Alias("im.LeaveTopicRequest")]
public sealed record LeaveTopicRequest(
    [property: Id(0)] RouteUpdate RoomRoute,
    [property: Id(1)] RouteUpdate TopicRoute,
    [property: Id(2)] SessionId Session,
    [property: Id(3)] TopicName Topic);
