using ImOrleans.Domain.Conversations;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Domain.Messages;
using ImOrleans.Grains.Abstractions.Delivery;

namespace ImOrleans.Grains.Abstractions.Users;

/// <summary>A conversation of the user has got further: there is something to pull.</summary>
/// <param name="Sequence">See <see cref="DeliveryItem"/>.</param>
/// <param name="Conversation">Which.</param>
/// <param name="Seq">How far.</param>
/// <param name="Except">The session that wrote it itself; null for none.</param>
[GenerateSerializer, Immutable, Alias("im.ConversationNotice")]
public sealed record ConversationNotice(
    long Sequence,
    [property: Id(1)] ConversationKey Conversation,
    [property: Id(2)] long Seq,
    [property: Id(3)] SessionId? Except) : DeliveryItem(Sequence)
{
    /// <inheritdoc />
    /// <remarks>What it tells of is stored; one of the next tells of it as well.</remarks>
    public override MessagePriority? Priority => MessagePriority.Highest;
}
