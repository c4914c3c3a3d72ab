using System.Collections.Immutable;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Grains.Abstractions.Delivery;

namespace ImOrleans.Grains.Abstractions.Topics;

/// <summary>A session follows more publishers.</summary>
/// <param name="Route">The gateway's route to the topic.</param>
/// <param name="Session">Who follows.</param>
/// <param name="Users">Whom; empty: everyone who publishes now, as many as the limit lets in.</param>
[GenerateSerializer, Immutable, Alias("im.TopicSubscribeRequest")]
public sealed record TopicSubscribeRequest(
    [property: Id(0)] RouteUpdate Route,
    [property: Id(1)] SessionId Session,
    [property: Id(2)] ImmutableArray<UserId> Users);
