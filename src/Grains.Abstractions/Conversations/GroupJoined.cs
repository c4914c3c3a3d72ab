using ImOrleans.Domain.Conversations;
using ImOrleans.Grains.Abstractions.Delivery;

namespace ImOrleans.Grains.Abstractions.Conversations;

/// <summary>The user is in a group from now on.</summary>
/// <param name="Sequence">See <see cref="DeliveryItem"/>.</param>
/// <param name="Group">Which.</param>
/// <param name="JoinedSeq">It sees what has a greater number.</param>
[GenerateSerializer, Immutable, Alias("im.GroupJoined")]
public sealed record GroupJoined(
    long Sequence,
    [property: Id(0)] ConversationKey Group,
    [property: Id(1)] long JoinedSeq) : DeliveryItem(Sequence);
