using ImOrleans.Grains.Abstractions.Delivery;

namespace ImOrleans.Grains.Abstractions.SharedData;

/// <summary>A session is told of changes from now on. Events after the stamp's position are not in the snapshots.</summary>
/// <param name="Stamp">The activation and its position.</param>
/// <param name="Metadata">All metadata; null unless it was asked for.</param>
/// <param name="Locks">All locks; null unless they were asked for.</param>
[GenerateSerializer, Immutable, Alias("im.SharedDataWatched")]
public sealed record SharedDataWatched(
    [property: Id(0)] RouteStamp Stamp,
    [property: Id(1)] MetadataContent? Metadata,
    [property: Id(2)] LockContent? Locks);
