using System.Collections.Immutable;

namespace ImOrleans.Grains.Abstractions.Delivery;

/// <summary>A gateway's answer to a batch.</summary>
/// <param name="IsKnown">
/// False when the gateway has no such route or holds it from another activation: the sender forgets this gateway.
/// </param>
/// <param name="Reached">For each item of the batch, how many local sessions it went to.</param>
[GenerateSerializer, Immutable, Alias("im.DeliveryAck")]
public sealed record DeliveryAck(
    [property: Id(0)] bool IsKnown,
    [property: Id(1)] ImmutableArray<int> Reached)
{
    /// <summary>The answer to a batch of a route that the gateway does not hold.</summary>
    public static DeliveryAck Unknown { get; } = new(false, []);
}
