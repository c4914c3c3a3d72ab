using ImOrleans.Domain.Identifiers;
using ImOrleans.Domain.Messages;
using ImOrleans.Grains.Abstractions.Delivery;
using ImOrleans.Grains.Abstractions.MessageChannels;
using ImOrleans.Grains.Abstractions.Presence;

namespace ImOrleans.Grains.Abstractions.Users;

/// <summary>One session subscribes to a message channel.</summary>
/// <param name="UserRoute">The gateway's route to the user.</param>
/// <param name="ChannelRoute">The gateway's route to the channel; passed on to it.</param>
/// <param name="Session">Who subscribes.</param>
/// <param name="Channel">To what.</param>
/// <param name="Feeds">What it wants to hear of; never none.</param>
/// <param name="Since">After which message it wants to go on; null: from now on.</param>
[GenerateSerializer, Immutable, Alias("im.SubscribeChannelRequest")]
public sealed record SubscribeChannelRequest(
    [property: Id(0)] RouteUpdate UserRoute,
    [property: Id(1)] RouteUpdate ChannelRoute,
    [property: Id(2)] SessionId Session,
    [property: Id(3)] ChannelName Channel,
    [property: Id(4)] ChannelFeeds Feeds,
    [property: Id(5)] MessagePosition? Since)
{
    /// <summary>Its part in the channel's presence.</summary>
    [Id(6)]
    public MemberPresence Presence { get; init; } = MemberPresence.Default;
}
