namespace ImOrleans.Grains.Abstractions.Delivery;

/// <summary>The activation goes away on purpose; the gateway registers anew with the next one.</summary>
[GenerateSerializer, Immutable, Alias("im.RouteClosing")]
public sealed record RouteClosing(long Sequence) : DeliveryItem(Sequence);
