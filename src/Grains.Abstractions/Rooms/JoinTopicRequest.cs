using ImOrleans.Domain.Identifiers;
using ImOrleans.Grains.Abstractions.Delivery;
using ImOrleans.Grains.Abstractions.Topics;

namespace ImOrleans.Grains.Abstractions.Rooms;

/// <summary>A session becomes a publisher.</summary>
/// <param name="RoomRoute">The gateway's route to the room.</param>
/// <param name="TopicRoute">The gateway's route to the topic; passed on to it.</param>
/// <param name="Session">Who publishes.</param>
/// <param name="Topic">Where.</param>
/// <param name="Role">How.</param>
[GenerateSerializer, Immutable, Alias("im.JoinTopicRequest")]
public sealed record JoinTopicRequest(
    [property: Id(0)] RouteUpdate RoomRoute,
    [property: Id(1)] RouteUpdate TopicRoute,
    [property: Id(2)] SessionId Session,
    [property: Id(3)] TopicName Topic,
    [property: Id(4)] PublisherRole Role);
