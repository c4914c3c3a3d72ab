using System.Collections.Immutable;

namespace ImOrleans.Grains.Abstractions.Delivery;

/// <summary>What one activation has for one gateway, in order.</summary>
/// <param name="Route">The key of the sending grain (<see cref="Domain.Identifiers.GrainKey"/>).</param>
/// <param name="Epoch">The sending activation.</param>
/// <param name="Number">
/// Counts the batches from this activation to this gateway, from 1, and goes on when the gateway withdraws and comes
/// back. A gap behind the first that a route sees is a loss.
/// </param>
/// <param name="Items">At least one.</param>
/// <param name="Dropped">Items that were dropped for room since the batch before.</param>
[GenerateSerializer, Immutable, Alias("im.DeliveryBatch")]
public sealed record DeliveryBatch(
    [property: Id(0)] string Route,
    [property: Id(1)] long Epoch,
    [property: Id(2)] long Number,
    [property: Id(3)] ImmutableArray<DeliveryItem> Items,
    [property: Id(4)] int Dropped);
