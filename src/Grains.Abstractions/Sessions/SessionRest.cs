using System.Collections.Immutable;
using ImOrleans.Grains.Abstractions.Delivery;

namespace ImOrleans.Grains.Abstractions.Sessions;

/// <summary>What a session's client has not got, from the gateway that the session leaves.</summary>
/// <param name="Items">The messages, in order.</param>
/// <param name="Dropped">Messages that found no room, and that the client has not been told of.</param>
/// <param name="Epochs">The activations that the gateway heard last, of the grains whose messages it had.</param>
[GenerateSerializer, Immutable, Alias("im.SessionRest")]
public sealed record SessionRest(
    [property: Id(0)] ImmutableArray<RestItem> Items,
    [property: Id(1)] long Dropped,
    [property: Id(2)] ImmutableArray<RouteEpoch> Epochs);

/// <summary>A message that a session's client has not got.</summary>
/// <param name="Route">The key of the grain that it comes from.</param>
/// <param name="Epoch">The activation that it comes from.</param>
/// <param name="Item">The message.</param>
[GenerateSerializer, Immutable, Alias("im.RestItem")]
public sealed record RestItem(
    [property: Id(0)] string Route,
    [property: Id(1)] long Epoch,
    [property: Id(2)] DeliveryItem Item);

/// <summary>The activation of a grain that a gateway heard last.</summary>
/// <param name="Route">The key of the grain.</param>
/// <param name="Epoch">The activation; zero when there was none.</param>
[GenerateSerializer, Immutable, Alias("im.RouteEpoch")]
public sealed record RouteEpoch(
    [property: Id(0)] string Route,
    [property: Id(1)] long Epoch);
