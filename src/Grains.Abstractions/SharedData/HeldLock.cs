using ImOrleans.Domain.Identifiers;

namespace ImOrleans.Grains.Abstractions.SharedData;

/// <summary>A lock that a session acquired, with the token of that grant.</summary>
[GenerateSerializer, Immutable, Alias("im.HeldLock")]
public readonly record struct HeldLock(
    [property: Id(0)] LockName Name,
    [property: Id(1)] long FencingToken);
