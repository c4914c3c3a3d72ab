namespace ImOrleans.Client;

/// <summary>What happened to a lock.</summary>
public enum LockEventType
{
    /// <summary>
    /// Nothing: these are all locks. The first event of a feed, and again when changes may have been missed.
    /// </summary>
    Snapshot,

    /// <summary>It was made.</summary>
    Set,

    /// <summary>It was removed; it is told as it was.</summary>
    Remove,

    /// <summary>It has an owner now.</summary>
    Acquired,

    /// <summary>Its owner gave it back, or it was revoked.</summary>
    Released,

    /// <summary>Its owner was away for too long.</summary>
    Expired,
}

/// <summary>Something happened to a lock of a channel.</summary>
/// <param name="Channel">The channel.</param>
/// <param name="Type">What happened.</param>
/// <param name="Locks">The lock; all of them in a snapshot.</param>
public sealed record LockEvent(string Channel, LockEventType Type, IReadOnlyList<LockInfo> Locks) : FeedItem;

/// <summary>A lock of a channel.</summary>
/// <param name="Name">1 to 64 bytes of UTF-8.</param>
/// <param name="Ttl">How long it outlives its owner's going away, 10 s to 5 min.</param>
/// <param name="Owner">Who has it; null when it is free.</param>
/// <param name="FencingToken">The owner's token: rises with every grant of a lock of the channel. Null when it is free.</param>
public sealed record LockInfo(string Name, TimeSpan Ttl, string? Owner, long? FencingToken);
