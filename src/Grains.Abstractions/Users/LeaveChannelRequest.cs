using ImOrleans.Domain.Identifiers;
using ImOrleans.Grains.Abstractions.Delivery;

namespace ImOrleans.Grains.Abstractions.Users;

/// <summary>One session leaves a stream channel.</summary>
/// <param name="UserRoute">The gateway's route to the user.</param>
/// <param name="RoomRoute">The gateway's route to the room; passed on to it.</param>
/// <param name="Session">Who leaves.</param>
/// <param name="Channel">What is left.</param>
[GenerateSerializer, Immutable, Alias("im.LeaveChannelRequest")]
public sealed record LeaveChannelRequest(
    [property: Id(0)] RouteUpdate UserRoute,
    [property: Id(1)] RouteUpdate RoomRoute,
    [property: Id(2)] SessionId Session,
    [property: Id(3)] ChannelName Channel);
