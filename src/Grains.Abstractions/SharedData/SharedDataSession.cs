using System.Collections.Immutable;
using ImOrleans.Domain.Identifiers;

namespace ImOrleans.Grains.Abstractions.SharedData;

/// <summary>What a gateway vouches for: one session that wants something of the shared data.</summary>
/// <param name="Session">The session.</param>
/// <param name="User">Its user.</param>
/// <param name="WantsMetadata">Whether it is told of changes of metadata.</param>
/// <param name="WantsLocks">Whether it is told of all locks.</param>
/// <param name="Holding">The locks that it acquired.</param>
/// <param name="Waiting">The locks that it waits for.</param>
[GenerateSerializer, Immutable, Alias("im.SharedDataSession")]
public sealed record SharedDataSession(
    [property: Id(0)] SessionId Session,
    [property: Id(1)] UserId User,
    [property: Id(2)] bool WantsMetadata,
    [property: Id(3)] bool WantsLocks,
    [property: Id(4)] ImmutableArray<HeldLock> Holding,
    [property: Id(5)] ImmutableArray<AwaitedLock> Waiting)
{
    /// <summary>How long it stays when its gateway is lost; null: it goes with its gateway.</summary>
    [Id(6)]
    public TimeSpan? Timeout { get; init; }
}
