using System.Collections.Immutable;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Grains.Abstractions.Delivery;

namespace ImOrleans.Grains.Abstractions.Conversations;

/// <summary>Users are not in a group any more: their sessions get nothing of what comes behind this.</summary>
/// <param name="Sequence">See <see cref="DeliveryItem"/>.</param>
/// <param name="Users">Who; empty: everybody, the group has ended.</param>
[GenerateSerializer, Immutable, Alias("im.GroupMembersLeft")]
public sealed record GroupMembersLeft(
    long Sequence, [property: Id(0)] ImmutableArray<UserId> Users) : DeliveryItem(Sequence)
{
    /// <inheritdoc />
    public override int Bytes => 128 + (Users.Length * 72);
}
