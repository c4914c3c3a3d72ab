namespace ImOrleans.Domain.Metadata;

/// <summary>What a change does with the items that it names.</summary>
[GenerateSerializer, Alias("im.MetadataChangeKind")]
public enum MetadataChangeKind
{
    /// <summary>Creates or overwrites.</summary>
    Set = 1,

    /// <summary>Overwrites; an item that is not there refuses the whole change.</summary>
    Update = 2,

    /// <summary>Takes away; none named: all.</summary>
    Remove = 3,
}
