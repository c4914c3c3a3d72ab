using ImOrleans.Domain.Conversations;
using ImOrleans.Domain.Messages;
using ImOrleans.Grains.Abstractions.Delivery;

namespace ImOrleans.Grains.Abstractions.Conversations;

/// <summary>
/// A status message, typing for instance: for the sessions that are connected now of those who are in the conversation, but
/// the one that wrote it. It is not stored, has no number, and counts nothing.
/// </summary>
/// <param name="Sequence">See <see cref="DeliveryItem"/>.</param>
/// <param name="Conversation">Which.</param>
/// <param name="Message">What was sent, with the number 0, and the session that wrote it.</param>
[GenerateSerializer, Immutable, Alias("im.ConversationStatus")]
public sealed record ConversationStatus(
    long Sequence,
    [property: Id(0)] ConversationKey Conversation,
    [property: Id(1)] PushedMessage Message) : DeliveryItem(Sequence)
{
    /// <inheritdoc />
    public override int Bytes => 128 + Message.Message.Message.Bytes;

    /// <inheritdoc />
    public override MessagePriority? Priority => MessagePriority.Low;
}
