namespace ImOrleans.Grains.Abstractions.SharedData;

/// <summary>A change is stored.</summary>
/// <param name="MajorRevision">The revision of the whole after it.</param>
[GenerateSerializer, Immutable, Alias("im.MetadataChanged")]
public sealed record MetadataChanged([property: Id(0)] long MajorRevision);
