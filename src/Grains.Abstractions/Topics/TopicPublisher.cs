using ImOrleans.Domain.Identifiers;

namespace ImOrleans.Grains.Abstractions.Topics;

/// <summary>One session that publishes in a topic.</summary>
[GenerateSerializer, Immutable, Alias("im.TopicPublisher")]
public sealed record TopicPublisher(
    [property: Id(0)] SessionId Session,
    [property: Id(1)] UserId User,
    [property: Id(2)] PublisherRole Role);
