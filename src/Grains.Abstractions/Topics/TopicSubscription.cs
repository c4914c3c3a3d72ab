using System.Collections.Immutable;
using ImOrleans.Domain.Identifiers;

namespace ImOrleans.Grains.Abstractions.Topics;

/// <summary>One session that follows publishers of a topic.</summary>
[GenerateSerializer, Immutable, Alias("im.TopicSubscription")]
public sealed record TopicSubscription(
    [property: Id(0)] SessionId Session,
    [property: Id(1)] ImmutableArray<UserId> Users);
