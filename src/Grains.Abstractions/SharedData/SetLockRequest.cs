using ImOrleans.Domain.Identifiers;

namespace ImOrleans.Grains.Abstractions.SharedData;

/// <summary>Makes a lock.</summary>
/// <param name="Name">Its name.</param>
/// <param name="TtlSeconds">How long it outlives its owner's going away; taken into 10 to 300.</param>
[GenerateSerializer, Immutable, Alias("im.SetLockRequest")]
public sealed record SetLockRequest(
    [property: Id(0)] LockName Name,
    [property: Id(1)] long TtlSeconds);
