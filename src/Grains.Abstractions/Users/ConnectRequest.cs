using ImOrleans.Grains.Abstractions.Delivery;

namespace ImOrleans.Grains.Abstractions.Users;

/// <summary>A new login, without channels yet.</summary>
[GenerateSerializer, Immutable, Alias("im.ConnectRequest")]
public sealed record ConnectRequest(
    [property: Id(0)] RouteUpdate Route,
    [property: Id(1)] UserSession Session);
