using ImOrleans.Grains.Abstractions.Delivery;

namespace ImOrleans.Grains.Abstractions.Conversations;

/// <summary>
/// Who is in a group may have changed without this having been told: whoever listens finds out, before it takes what comes
/// behind this.
/// </summary>
/// <param name="Sequence">See <see cref="DeliveryItem"/>.</param>
[GenerateSerializer, Immutable, Alias("im.GroupOpened")]
public sealed record GroupOpened(long Sequence) : DeliveryItem(Sequence);
