using ImOrleans.Domain.Identifiers;
using ImOrleans.Grains.Abstractions.Delivery;

namespace ImOrleans.Grains.Abstractions.Users;

/// <summary>One session ends its subscription to a message channel.</summary>
/// <param name="UserRoute">The gateway's route to the user.</param>
/// <param name="ChannelRoute">The gateway's route to the channel; passed on to it.</param>
/// <param name="Session">Whose subscription ends.</param>
/// <param name="Channel">To what.</param>
[GenerateSerializer, Immutable, Alias("im.UnsubscribeChannelRequest")]
public sealed record UnsubscribeChannelRequest(
    [property: Id(0)] RouteUpdate UserRoute,
    [property: Id(1)] RouteUpdate ChannelRoute,
    [property: Id(2)] SessionId Session,
    [property: Id(3)] ChannelName Channel);
