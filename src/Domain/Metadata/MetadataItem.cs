using ImOrleans.Domain.Identifiers;

namespace ImOrleans.Domain.Metadata;

/// <summary>One entry of a channel's or user's metadata, as it is stored and read.</summary>
/// <param name="Key">What it is found by.</param>
/// <param name="Value">What was set.</param>
/// <param name="Revision">
/// The major revision of the change that wrote it: it rises with every write of the item, also when the item was
/// removed in between.
/// </param>
/// <param name="Author">Who wrote it; null unless the writer asked to be recorded.</param>
/// <param name="UpdatedAtUnixMs">When, in milliseconds of Unix time; null unless the writer asked for it.</param>
[GenerateSerializer, Immutable, Alias("im.MetadataItem")]
public sealed record MetadataItem(
    [property: Id(0)] string Key,
    [property: Id(1)] string Value,
    [property: Id(2)] long Revision,
    [property: Id(3)] UserId? Author = null,
    [property: Id(4)] long? UpdatedAtUnixMs = null);
