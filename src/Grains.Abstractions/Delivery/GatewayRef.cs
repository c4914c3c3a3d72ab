using ImOrleans.Domain.Identifiers;

namespace ImOrleans.Grains.Abstractions.Delivery;

/// <summary>A gateway as grains see it: who it is and where to deliver.</summary>
/// <param name="Id">The incarnation; its lease is kept under this id.</param>
/// <param name="Observer">Takes the batches of the grain that holds this reference.</param>
[GenerateSerializer, Immutable, Alias("im.GatewayRef")]
public sealed record GatewayRef(
    [property: Id(0)] GatewayId Id,
    [property: Id(1)] IGatewayObserver Observer);
