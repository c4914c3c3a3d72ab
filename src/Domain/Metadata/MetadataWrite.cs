namespace ImOrleans.Domain.Metadata;

/// <summary>What a writer wants of one item.</summary>
/// <param name="Key">The item.</param>
/// <param name="Value">Its new value; not looked at when it is removed.</param>
/// <param name="Revision">The revision that the item must have; <see cref="AnyRevision"/> when it does not matter.</param>
[GenerateSerializer, Immutable, Alias("im.MetadataWrite")]
public sealed record MetadataWrite(
    [property: Id(0)] string Key,
    [property: Id(1)] string Value,
    [property: Id(2)] long Revision = MetadataWrite.AnyRevision)
{
    /// <summary>Stands for no comparison, for items and for the whole.</summary>
    public const long AnyRevision = -1;
}
