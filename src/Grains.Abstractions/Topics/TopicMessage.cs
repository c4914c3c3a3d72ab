using ImOrleans.Domain.Identifiers;
using ImOrleans.Domain.Messages;
using ImOrleans.Grains.Abstractions.Delivery;

namespace ImOrleans.Grains.Abstractions.Topics;

/// <summary>A message of one publisher, for every session that follows that publisher in the topic.</summary>
/// <param name="Sequence">See <see cref="DeliveryItem"/>.</param>
/// <param name="Publisher">Who sent it.</param>
/// <param name="Payload">What was sent.</param>
/// <param name="SentAtUnixMs">When the topic took it, in milliseconds of Unix time.</param>
/// <param name="SenderTs">The publisher's own time stamp, carried untouched; null when none was given.</param>
/// <param name="Urgency">The priority with which the publisher joined the topic.</param>
[GenerateSerializer, Immutable, Alias("im.TopicMessage")]
public sealed record TopicMessage(
    long Sequence,
    [property: Id(1)] UserId Publisher,
    [property: Id(2)] Payload Payload,
    [property: Id(3)] long SentAtUnixMs,
    [property: Id(4)] long? SenderTs,
    [property: Id(5)] MessagePriority Urgency) : DeliveryItem(Sequence)
{
    /// <inheritdoc />
    public override int Bytes => 160 + Payload.Bytes.Length;

    /// <inheritdoc />
    public override MessagePriority? Priority => Urgency;
}
