namespace ImOrleans.Domain.Locks;

/// <summary>Something that happened to a lock.</summary>
/// <param name="Kind">What.</param>
/// <param name="Lock">The lock after it; as it was before when it was removed.</param>
/// <param name="EndedToken">The fencing token that is void now; zero when nobody had the lock.</param>
[GenerateSerializer, Immutable, Alias("im.LockChange")]
public sealed record LockChange(
    [property: Id(0)] LockChangeKind Kind,
    [property: Id(1)] LockDetail Lock,
    [property: Id(2)] long EndedToken = 0);
