using ImOrleans.Domain.Identifiers;
using ImOrleans.Grains.Abstractions.Delivery;
using ImOrleans.Grains.Abstractions.Presence;

namespace ImOrleans.Grains.Abstractions.Users;

/// <summary>The end of a login.</summary>
[GenerateSerializer, Immutable, Alias("im.DisconnectRequest")]
public sealed record DisconnectRequest(
    [property: Id(0)] RouteUpdate Route,
    [property: Id(1)] SessionId Session)
{
    /// <summary>Why; it is passed on to the channels.</summary>
    [Id(2)]
    public PresenceEnd End { get; init; } = PresenceEnd.Left;
}
