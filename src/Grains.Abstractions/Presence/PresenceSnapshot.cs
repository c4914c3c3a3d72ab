using ImOrleans.Domain.Presence;
using ImOrleans.Grains.Abstractions.Delivery;

namespace ImOrleans.Grains.Abstractions.Presence;

/// <summary>
/// Who is in a channel, for all who want to know: it is in announce mode again, or came back from the loss of its silo.
/// </summary>
/// <param name="Sequence">See <see cref="DeliveryItem"/>.</param>
/// <param name="View">Who is there.</param>
[GenerateSerializer, Immutable, Alias("im.PresenceSnapshot")]
public sealed record PresenceSnapshot(
    long Sequence,
    [property: Id(1)] PresenceView View) : DeliveryItem(Sequence)
{
    /// <inheritdoc />
    public override int Bytes => 256 + View.Users.Sum(user => 80 + StateForm.BytesOf(user.State));
}
