using System.Collections.Immutable;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Domain.Presence;
using ImOrleans.Grains.Abstractions.Delivery;

namespace ImOrleans.Grains.Abstractions.Presence;

/// <summary>A session changes what its user says of itself in a channel.</summary>
/// <param name="Route">The gateway's route to the channel.</param>
/// <param name="Session">Whose state.</param>
/// <param name="Set">Pairs to set; null to remove.</param>
/// <param name="Removed">Keys to remove when there is nothing to set; none: all.</param>
[GenerateSerializer, Immutable, Alias("im.ChangeStateRequest")]
public sealed record ChangeStateRequest(
    [property: Id(0)] RouteUpdate Route,
    [property: Id(1)] SessionId Session,
    [property: Id(2)] ImmutableArray<StateItem>? Set,
    [property: Id(3)] ImmutableArray<string> Removed);
