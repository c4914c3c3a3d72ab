using ImOrleans.Domain.Identifiers;
using ImOrleans.Grains.Abstractions.Delivery;

namespace ImOrleans.Grains.Abstractions.SharedData;

/// <summary>A session watches, holds and awaits nothing here any more.</summary>
/// <param name="Route">The gateway's route.</param>
/// <param name="Session">Who.</param>
/// <param name="IsOrderly">
/// True when it logged out or left the channel: with the last session of its user go the user's locks. False when its
/// connection was lost: the locks' times to live begin.
/// </param>
[GenerateSerializer, Immutable, Alias("im.LeaveSharedDataRequest")]
public sealed record LeaveSharedDataRequest(
    [property: Id(0)] RouteUpdate Route,
    [property: Id(1)] SessionId Session,
    [property: Id(2)] bool IsOrderly);
