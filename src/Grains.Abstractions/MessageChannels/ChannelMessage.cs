using ImOrleans.Domain.Identifiers;
using ImOrleans.Domain.Messages;
using ImOrleans.Grains.Abstractions.Delivery;

namespace ImOrleans.Grains.Abstractions.MessageChannels;

/// <summary>A message of a channel, for every session that is subscribed to the channel's messages.</summary>
/// <param name="Sequence">See <see cref="DeliveryItem"/>.</param>
/// <param name="Offset">Counts the channel's messages in the epoch of the activation, from 1 without gaps.</param>
/// <param name="Publisher">Who sent it.</param>
/// <param name="Payload">What was sent.</param>
/// <param name="SentAtUnixMs">When the channel took it, in milliseconds of Unix time.</param>
[GenerateSerializer, Immutable, Alias("im.ChannelMessage")]
public sealed record ChannelMessage(
    long Sequence,
    [property: Id(1)] long Offset,
    [property: Id(2)] UserId Publisher,
    [property: Id(3)] Payload Payload,
    [property: Id(4)] long SentAtUnixMs) : DeliveryItem(Sequence)
{
    /// <summary>How urgent its publisher takes it to be.</summary>
    [Id(5)]
    public MessageLevel Level { get; init; }

    /// <inheritdoc />
    public override int Bytes => 160 + Payload.Bytes.Length;

    /// <inheritdoc />
    public override MessagePriority? Priority =>
        Level == MessageLevel.Important ? MessagePriority.High : MessagePriority.Normal;
}
