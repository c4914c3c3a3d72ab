using ImOrleans.Domain.Messages;
using ImOrleans.Grains.Abstractions.Delivery;

namespace ImOrleans.Grains.Abstractions.MessageChannels;

/// <summary>A session subscribes to a message channel, or changes what it hears of.</summary>
/// <param name="Route">The gateway's route to the channel.</param>
/// <param name="Subscription">Who, and to what.</param>
/// <param name="Since">After which message it wants to go on; null: from now on.</param>
[GenerateSerializer, Immutable, Alias("im.ChannelSubscribeRequest")]
public sealed record ChannelSubscribeRequest(
    [property: Id(0)] RouteUpdate Route,
    [property: Id(1)] ChannelSubscription Subscription,
    [property: Id(2)] MessagePosition? Since);
