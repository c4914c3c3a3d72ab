namespace ImOrleans.Grains.Abstractions.Delivery;

/// <summary>Says nothing: whoever acknowledges it has got all that was said before.</summary>
[GenerateSerializer, Immutable, Alias("im.RouteMark")]
public sealed record RouteMark(long Sequence) : DeliveryItem(Sequence);
