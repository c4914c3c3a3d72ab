using System.Collections.Immutable;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Grains.Abstractions.Delivery;

namespace ImOrleans.Grains.Abstractions.Rooms;

/// <summary>A session wants to follow publishers of a topic.</summary>
/// <param name="RoomRoute">The gateway's route to the room.</param>
/// <param name="TopicRoute">The gateway's route to the topic; passed on to it.</param>
/// <param name="Session">Who follows.</param>
/// <param name="Topic">Where.</param>
/// <param name="Users">Whom; empty: everyone who publishes now, as many as the limit lets in.</param>
[GenerateSerializer, Immutable, Alias("im.SubscribeTopicRequest")]
public sealed record SubscribeTopicRequest(
    [property: Id(0)] RouteUpdate RoomRoute,
    [property: Id(1)] RouteUpdate TopicRoute,
    [property: Id(2)] SessionId Session,
    [property: Id(3)] TopicName Topic,
    [property: Id(4)] ImmutableArray<UserId> Users);
