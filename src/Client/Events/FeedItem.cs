namespace ImOrleans.Client;

/// <summary>Something that a <see cref="Feed{T}"/> yields.</summary>
public abstract record FeedItem
{
    /// <summary>
    /// How many items this feed gave up for room right before this one, because it was read too slowly. Usually 0.
    /// </summary>
    public long DroppedBefore { get; init; }
}
