using ImOrleans.Domain.Identifiers;
using ImOrleans.Grains.Abstractions.Delivery;

namespace ImOrleans.Grains.Abstractions.SharedData;

/// <summary>A session wants a lock for its user.</summary>
/// <param name="Route">The gateway's route.</param>
/// <param name="Session">Who.</param>
/// <param name="User">Its user.</param>
/// <param name="Name">The lock.</param>
/// <param name="Retry">True to wait in the queue when another has it.</param>
[GenerateSerializer, Immutable, Alias("im.AcquireLockRequest")]
public sealed record AcquireLockRequest(
    [property: Id(0)] RouteUpdate Route,
    [property: Id(1)] SessionId Session,
    [property: Id(2)] UserId User,
    [property: Id(3)] LockName Name,
    [property: Id(4)] bool Retry)
{
    /// <summary>
    /// The place in the queue that another session of the user has, and this one is to have too; zero: behind all others.
    /// </summary>
    [Id(5)]
    public long Ticket { get; init; }

    /// <summary>How long it stays when its gateway is lost; null: it goes with its gateway.</summary>
    [Id(6)]
    public TimeSpan? Timeout { get; init; }
}
