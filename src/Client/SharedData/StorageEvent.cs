namespace ImOrleans.Client;

/// <summary>What happened to metadata.</summary>
public enum StorageEventType
{
    /// <summary>
    /// Nothing: this is all there is. The first event of a feed, and again when changes may have been missed.
    /// </summary>
    Snapshot,

    /// <summary>Items were created or overwritten.</summary>
    Set,

    /// <summary>Items were overwritten.</summary>
    Update,

    /// <summary>Items were removed; they are as they were.</summary>
    Remove,
}

/// <summary>Metadata of a channel or user changed.</summary>
/// <param name="Target">The channel's name or the user's id.</param>
/// <param name="Type">What happened.</param>
/// <param name="MajorRevision">The revision of the whole after it.</param>
/// <param name="Items">The items of the change; all of them in a snapshot.</param>
public sealed record StorageEvent(
    string Target, StorageEventType Type, long MajorRevision, IReadOnlyList<MetadataItem> Items) : FeedItem;
