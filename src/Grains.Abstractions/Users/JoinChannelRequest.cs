using ImOrleans.Domain.Identifiers;
using ImOrleans.Grains.Abstractions.Delivery;
using ImOrleans.Grains.Abstractions.Presence;

namespace ImOrleans.Grains.Abstractions.Users;

/// <summary>One session joins a stream channel.</summary>
/// <param name="UserRoute">The gateway's route to the user.</param>
/// <param name="RoomRoute">The gateway's route to the room; passed on to it.</param>
/// <param name="Session">Who joins.</param>
/// <param name="Channel">What is joined.</param>
/// <param name="ChannelTokenExpiresAt">When the channel's own token ends; null when the login token served.</param>
[GenerateSerializer, Immutable, Alias("im.JoinChannelRequest")]
public sealed record JoinChannelRequest(
    [property: Id(0)] RouteUpdate UserRoute,
    [property: Id(1)] RouteUpdate RoomRoute,
    [property: Id(2)] SessionId Session,
    [property: Id(3)] ChannelName Channel,
    [property: Id(4)] DateTimeOffset? ChannelTokenExpiresAt)
{
    /// <summary>Its part in the channel's presence.</summary>
    [Id(5)]
    public MemberPresence Presence { get; init; } = MemberPresence.Default;

    /// <summary>Whether it is about to watch the channel's metadata or locks too.</summary>
    [Id(6)]
    public bool WithData { get; init; }
}
