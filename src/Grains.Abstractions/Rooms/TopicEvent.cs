using ImOrleans.Domain.Identifiers;
using ImOrleans.Grains.Abstractions.Delivery;

namespace ImOrleans.Grains.Abstractions.Rooms;

/// <summary>A user began or ceased to publish in a topic; for every session in the channel.</summary>
/// <param name="Sequence">See <see cref="DeliveryItem"/>.</param>
/// <param name="IsJoin">True when the user began.</param>
/// <param name="Topic">Where.</param>
/// <param name="User">Who.</param>
[GenerateSerializer, Immutable, Alias("im.TopicEvent")]
public sealed record TopicEvent(
    long Sequence,
    [property: Id(1)] bool IsJoin,
    [property: Id(2)] TopicName Topic,
    [property: Id(3)] UserId User) : DeliveryItem(Sequence);
