using System.Collections.Immutable;
using ImOrleans.Grains.Abstractions.Delivery;

namespace ImOrleans.Grains.Abstractions.Rooms;

/// <summary>
/// All topics of a channel and who publishes in them; told after a room came back from the loss of its silo.
/// </summary>
/// <param name="Sequence">See <see cref="DeliveryItem"/>.</param>
/// <param name="Topics">One entry a topic that has a publisher.</param>
[GenerateSerializer, Immutable, Alias("im.TopicSnapshot")]
public sealed record TopicSnapshot(
    long Sequence,
    [property: Id(1)] ImmutableArray<TopicPublishers> Topics) : DeliveryItem(Sequence);
