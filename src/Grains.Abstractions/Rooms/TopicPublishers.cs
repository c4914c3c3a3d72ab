using System.Collections.Immutable;
using ImOrleans.Domain.Identifiers;

namespace ImOrleans.Grains.Abstractions.Rooms;

/// <summary>Who publishes in one topic, each user once, in the order in which they began.</summary>
[GenerateSerializer, Immutable, Alias("im.TopicPublishers")]
public sealed record TopicPublishers(
    [property: Id(0)] TopicName Topic,
    [property: Id(1)] ImmutableArray<UserId> Users);
