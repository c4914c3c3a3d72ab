using ImOrleans.Domain.Identifiers;
using ImOrleans.Domain.Presence;
using ImOrleans.Grains.Abstractions.Delivery;

namespace ImOrleans.Grains.Abstractions.Presence;

/// <summary>
/// What a user says of itself in a channel, for the gateways of all its sessions there: each vouches for it.
/// </summary>
/// <param name="Sequence">See <see cref="DeliveryItem"/>.</param>
/// <param name="User">Who.</param>
/// <param name="State">The whole state.</param>
[GenerateSerializer, Immutable, Alias("im.PresenceStateKept")]
public sealed record PresenceStateKept(
    long Sequence,
    [property: Id(1)] UserId User,
    [property: Id(2)] PresenceState State) : DeliveryItem(Sequence)
{
    /// <inheritdoc />
    public override int Bytes => 192 + StateForm.BytesOf(State.Items);
}
