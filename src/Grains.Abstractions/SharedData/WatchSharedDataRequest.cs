using ImOrleans.Domain.Identifiers;
using ImOrleans.Grains.Abstractions.Delivery;

namespace ImOrleans.Grains.Abstractions.SharedData;

/// <summary>A session wants to be told of changes, or not any more.</summary>
/// <param name="Route">The gateway's route.</param>
/// <param name="Session">Who.</param>
/// <param name="User">Its user.</param>
/// <param name="Metadata">True: the metadata is meant.</param>
/// <param name="Locks">True: the locks are meant.</param>
[GenerateSerializer, Immutable, Alias("im.WatchSharedDataRequest")]
public sealed record WatchSharedDataRequest(
    [property: Id(0)] RouteUpdate Route,
    [property: Id(1)] SessionId Session,
    [property: Id(2)] UserId User,
    [property: Id(3)] bool Metadata,
    [property: Id(4)] bool Locks)
{
    /// <summary>How long it stays when its gateway is lost; null: it goes with its gateway.</summary>
    [Id(5)]
    public TimeSpan? Timeout { get; init; }
}
