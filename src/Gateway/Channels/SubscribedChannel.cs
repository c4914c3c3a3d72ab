using ImOrleans.Grains.Abstractions.MessageChannels;
using ImOrleans.Grains.Abstractions.SharedData;

namespace ImOrleans.Gateway.Channels;

/// <summary>The answer to a subscription.</summary>
/// <param name="Subscribed">The channel's own.</param>
/// <param name="Data">The metadata and locks that were asked for; null when none were.</param>
internal sealed record SubscribedChannel(ChannelSubscribed Subscribed, SharedDataWatched? Data);
