using System.Collections.Immutable;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Grains.Abstractions.Delivery;

namespace ImOrleans.Grains.Abstractions.Sessions;

/// <summary>What is kept of a session (<see cref="SessionRecord"/>) changes.</summary>
/// <param name="Route">The gateway's route to the user.</param>
/// <param name="Session">Of which.</param>
[GenerateSerializer, Immutable, Alias("im.KeepSessionRequest")]
public sealed record KeepSessionRequest(
    [property: Id(0)] RouteUpdate Route,
    [property: Id(1)] SessionId Session)
{
    /// <summary>Where it is about to have something; null: nowhere new.</summary>
    [Id(2)]
    public SharedDataPlace? Added { get; init; }

    /// <summary>Where it has nothing any more.</summary>
    [Id(3)]
    public ImmutableArray<SharedDataPlace> Removed { get; init; } = [];

    /// <summary>What it says now for a channel where it is not yet; null: nothing else than before.</summary>
    [Id(4)]
    public ContentState? Said { get; init; }
}
