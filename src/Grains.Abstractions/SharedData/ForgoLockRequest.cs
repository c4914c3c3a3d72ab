using ImOrleans.Domain.Identifiers;
using ImOrleans.Grains.Abstractions.Delivery;

namespace ImOrleans.Grains.Abstractions.SharedData;

/// <summary>A session waits for a lock no more.</summary>
/// <param name="Route">The gateway's route.</param>
/// <param name="Session">Who.</param>
/// <param name="Name">The lock.</param>
[GenerateSerializer, Immutable, Alias("im.ForgoLockRequest")]
public sealed record ForgoLockRequest(
    [property: Id(0)] RouteUpdate Route,
    [property: Id(1)] SessionId Session,
    [property: Id(2)] LockName Name);
