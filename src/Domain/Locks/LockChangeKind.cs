namespace ImOrleans.Domain.Locks;

/// <summary>What happened to a lock.</summary>
[GenerateSerializer, Alias("im.LockChangeKind")]
public enum LockChangeKind
{
    /// <summary>It was made; it is free.</summary>
    Set = 1,

    /// <summary>It was taken away, whoever had it or waited for it.</summary>
    Removed = 2,

    /// <summary>It has an owner now.</summary>
    Acquired = 3,

    /// <summary>Its owner gave it back, or lost it to a revocation.</summary>
    Released = 4,

    /// <summary>Its owner was away for longer than its time to live.</summary>
    Expired = 5,
}
