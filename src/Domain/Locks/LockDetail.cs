using ImOrleans.Domain.Identifiers;

namespace ImOrleans.Domain.Locks;

/// <summary>A lock of a channel, as it is stored and read.</summary>
/// <param name="Name">What it is found by.</param>
/// <param name="TtlSeconds">How long it outlives its owner's going away, 10 to 300.</param>
/// <param name="Owner">Who has it; null when it is free.</param>
/// <param name="FencingToken">
/// Rises with every grant of any lock of the channel, for ever. Of the present owner; zero when the lock is free.
/// </param>
[GenerateSerializer, Immutable, Alias("im.LockDetail")]
public sealed record LockDetail(
    [property: Id(0)] LockName Name,
    [property: Id(1)] int TtlSeconds,
    [property: Id(2)] UserId? Owner = null,
    [property: Id(3)] long FencingToken = 0);
