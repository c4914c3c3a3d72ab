namespace ImOrleans.Client;

/// <summary>An item of metadata, as it was read or is to be written.</summary>
/// <param name="Key">1 to 32 characters.</param>
/// <param name="Value">At most 16 KiB of UTF-8; all keys and values together have no more.</param>
public sealed record MetadataItem(string Key, string Value = "")
{
    /// <summary>
    /// Read: rises with every write of the item. To be written: the revision that the item must have; -1 (default) when
    /// it does not matter.
    /// </summary>
    public long Revision { get; init; } = -1;

    /// <summary>Who wrote it, when the writer had that recorded. Not looked at when it is written.</summary>
    public string? Author { get; init; }

    /// <summary>When it was written, when the writer had that recorded. Not looked at when it is written.</summary>
    public DateTimeOffset? UpdatedAt { get; init; }
}

/// <summary>All metadata of a channel or user.</summary>
/// <param name="MajorRevision">Rises with every change; 0 before the first.</param>
/// <param name="Items">The items, in the order of their first writes.</param>
public sealed record Metadata(long MajorRevision, IReadOnlyList<MetadataItem> Items)
{
    /// <summary>The value of an item; null when there is none.</summary>
    public string? this[string key] => Items.FirstOrDefault(item => item.Key == key)?.Value;
}

/// <summary>What a change of metadata depends on, and what it records.</summary>
public sealed record MetadataChangeOptions
{
    /// <summary>The revision that the whole must have. Default -1: any.</summary>
    public long MajorRevision { get; init; } = -1;

    /// <summary>A lock of the same channel that this user must have. Default null: none.</summary>
    public string? Lock { get; init; }

    /// <summary>
    /// The <see cref="HeldLock.FencingToken"/> of <see cref="Lock"/>: nothing is written under a later grant. Default null:
    /// under whichever grant this user has.
    /// </summary>
    public long? FencingToken { get; init; }

    /// <summary>Whether the items note when they were written. Default false.</summary>
    public bool RecordTime { get; init; }

    /// <summary>Whether the items note who wrote them. Default false.</summary>
    public bool RecordAuthor { get; init; }
}
