using ImOrleans.Domain.Identifiers;
using ImOrleans.Domain.Presence;
using ImOrleans.Grains.Abstractions.Delivery;

namespace ImOrleans.Grains.Abstractions.Presence;

/// <summary>One user came, went or changed its state, in a channel in announce mode.</summary>
/// <param name="Sequence">See <see cref="DeliveryItem"/>.</param>
/// <param name="Kind">What happened.</param>
/// <param name="User">To whom.</param>
/// <param name="State">All that a user who came says of itself, or what is different now.</param>
[GenerateSerializer, Immutable, Alias("im.PresenceChanged")]
public sealed record PresenceChanged(
    long Sequence,
    [property: Id(1)] PresenceChangeKind Kind,
    [property: Id(2)] UserId User,
    [property: Id(3)] StateChange State) : DeliveryItem(Sequence)
{
    /// <inheritdoc />
    public override int Bytes => 192 + StateForm.BytesOf(State.Set);
}
