using ImOrleans.Grains.Abstractions.Delivery;

namespace ImOrleans.Grains.Abstractions.Topics;

/// <summary>A session becomes a publisher of the topic.</summary>
[GenerateSerializer, Immutable, Alias("im.AddPublisherRequest")]
public sealed record AddPublisherRequest(
    [property: Id(0)] RouteUpdate Route,
    [property: Id(1)] TopicPublisher Publisher);
