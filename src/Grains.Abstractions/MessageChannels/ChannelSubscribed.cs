using System.Collections.Immutable;
using ImOrleans.Domain.Messages;
using ImOrleans.Grains.Abstractions.Delivery;
using ImOrleans.Grains.Abstractions.Presence;

namespace ImOrleans.Grains.Abstractions.MessageChannels;

/// <summary>The answer to a subscription. Messages after <paramref name="Position"/> are delivered.</summary>
/// <param name="Stamp">The channel's activation and its position.</param>
/// <param name="Position">The last message before the answer.</param>
/// <param name="IsRecovered">
/// Whether <paramref name="Missed"/> is everything since the position that was asked for; null when none was asked for.
/// </param>
/// <param name="Missed">
/// The messages after the position that was asked for, up to <paramref name="Position"/>: all of them, or none.
/// </param>
[GenerateSerializer, Immutable, Alias("im.ChannelSubscribed")]
public sealed record ChannelSubscribed(
    [property: Id(0)] RouteStamp Stamp,
    [property: Id(1)] MessagePosition Position,
    [property: Id(2)] bool? IsRecovered,
    [property: Id(3)] ImmutableArray<ChannelMessage> Missed)
{
    /// <summary>Its user's state, and who is there when it wants to know.</summary>
    [Id(4)]
    public PresenceEntered Presence { get; init; } = PresenceEntered.Nothing;
}
