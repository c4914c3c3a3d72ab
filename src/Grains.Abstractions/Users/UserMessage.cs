using ImOrleans.Domain.Identifiers;
using ImOrleans.Domain.Messages;
using ImOrleans.Grains.Abstractions.Delivery;

namespace ImOrleans.Grains.Abstractions.Users;

/// <summary>A user-to-user message, for every session of the receiver.</summary>
/// <param name="Sequence">See <see cref="DeliveryItem"/>.</param>
/// <param name="Publisher">Who sent it.</param>
/// <param name="Payload">What was sent.</param>
/// <param name="SentAtUnixMs">When the receiver's grain took it, in milliseconds of Unix time.</param>
[GenerateSerializer, Immutable, Alias("im.UserMessage")]
public sealed record UserMessage(
    long Sequence,
    [property: Id(1)] UserId Publisher,
    [property: Id(2)] Payload Payload,
    [property: Id(3)] long SentAtUnixMs) : DeliveryItem(Sequence)
{
    /// <inheritdoc />
    public override int Bytes => 160 + Payload.Bytes.Length;

    /// <inheritdoc />
    public override MessagePriority? Priority => MessagePriority.Normal;
}
