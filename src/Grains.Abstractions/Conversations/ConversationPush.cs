using System.Collections.Immutable;
using ImOrleans.Domain.Conversations;
using ImOrleans.Domain.Messages;
using ImOrleans.Grains.Abstractions.Delivery;

namespace ImOrleans.Grains.Abstractions.Conversations;

/// <summary>A conversation has got further: what was stored, for the sessions of those who are in it.</summary>
/// <param name="Sequence">See <see cref="DeliveryItem"/>.</param>
/// <param name="Conversation">Which.</param>
/// <param name="PreviousSeq">How far it had got before; 0 when there was nothing.</param>
/// <param name="PreviousAtUnixMs">When the message before was stored; 0 when there was none.</param>
/// <param name="Seq">How far it has got.</param>
/// <param name="Messages">
/// All between the two; none when they are too many to be passed on. Then there is something to pull.
/// </param>
[GenerateSerializer, Immutable, Alias("im.ConversationPush")]
public sealed record ConversationPush(
    long Sequence,
    [property: Id(0)] ConversationKey Conversation,
    [property: Id(1)] long PreviousSeq,
    [property: Id(2)] long PreviousAtUnixMs,
    [property: Id(3)] long Seq,
    [property: Id(4)] ImmutableArray<PushedMessage> Messages) : DeliveryItem(Sequence)
{
    /// <inheritdoc />
    public override int Bytes => 128 + Messages.Sum(message => message.Message.Message.Bytes);

    /// <inheritdoc />
    /// <remarks>What it tells of is stored; whoever misses it finds so by what comes next, or by comparing with the store.</remarks>
    public override MessagePriority? Priority => MessagePriority.Highest;
}
