using ImOrleans.Domain.Identifiers;

namespace ImOrleans.Grains.Abstractions.SharedData;

/// <summary>A lock that a session waits for, with its place in the queue.</summary>
[GenerateSerializer, Immutable, Alias("im.AwaitedLock")]
public readonly record struct AwaitedLock(
    [property: Id(0)] LockName Name,
    [property: Id(1)] long Ticket);
