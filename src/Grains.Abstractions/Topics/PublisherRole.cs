using ImOrleans.Domain.Messages;

namespace ImOrleans.Grains.Abstractions.Topics;

/// <summary>How a session publishes in a topic.</summary>
/// <param name="Qos">The order it asks for.</param>
/// <param name="Priority">How urgent its messages are.</param>
/// <param name="Meta">A label for the application, at most 256 bytes of UTF-8; null when none was given.</param>
[GenerateSerializer, Immutable, Alias("im.PublisherRole")]
public sealed record PublisherRole(
    [property: Id(0)] TopicQos Qos,
    [property: Id(1)] MessagePriority Priority,
    [property: Id(2)] string? Meta);
