using System.Collections.Immutable;
using ImOrleans.Domain.Metadata;

namespace ImOrleans.Grains.Abstractions.SharedData;

/// <summary>All metadata of a channel or user.</summary>
/// <param name="MajorRevision">Rises with every change; zero before the first.</param>
/// <param name="Items">In the order of their first writes.</param>
[GenerateSerializer, Immutable, Alias("im.MetadataContent")]
public sealed record MetadataContent(
    [property: Id(0)] long MajorRevision,
    [property: Id(1)] ImmutableArray<MetadataItem> Items);
