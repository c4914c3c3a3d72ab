namespace ImOrleans.Client;

/// <summary>What a message has beside its payload.</summary>
public sealed record PublishOptions
{
    /// <summary>A label of the application's own. Null: none. At most 32 UTF-16 code units, else 11029.</summary>
    public string? CustomType { get; init; }

    /// <summary>
    /// A time stamp of the sender's own, in a unit of its choice; receivers get it as it is. Null: none. Topics only.
    /// </summary>
    public long? SendTimestamp { get; init; }

    /// <summary>
    /// Makes a publish to a message channel safe to repeat: one with the same key gets the first one's answer and is
    /// delivered once. Null: none. 1 to 128 bytes of UTF-8, else 10014. Message channels only.
    /// </summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>
    /// Keeps the message, for <see cref="RtmClient.History"/>: the publish ends when it is on disk, or with 15001 (delivered,
    /// not kept), 15003 (delivered, perhaps kept) or 15005 (the server keeps none). To a user it ends well whether the user
    /// is there or not. Message channels and users only. Default: false.
    /// </summary>
    public bool StoreInHistory { get; init; }
}
