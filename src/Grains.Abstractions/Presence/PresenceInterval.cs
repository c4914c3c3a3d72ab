using System.Collections.Immutable;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Domain.Presence;
using ImOrleans.Grains.Abstractions.Delivery;

namespace ImOrleans.Grains.Abstractions.Presence;

/// <summary>
/// What has changed in a channel in interval mode since the last such item: each user once, with how it stands now.
/// </summary>
/// <param name="Sequence">See <see cref="DeliveryItem"/>.</param>
/// <param name="Joined">Users who came and are there.</param>
/// <param name="Left">Users who left and are gone.</param>
/// <param name="TimedOut">Users who were lost and are gone.</param>
/// <param name="States">What users who are there say of themselves that they did not say before.</param>
/// <param name="Total">How many users there are now.</param>
/// <param name="Omitted">How many changes had no room here.</param>
[GenerateSerializer, Immutable, Alias("im.PresenceInterval")]
public sealed record PresenceInterval(
    long Sequence,
    [property: Id(1)] ImmutableArray<UserId> Joined,
    [property: Id(2)] ImmutableArray<UserId> Left,
    [property: Id(3)] ImmutableArray<UserId> TimedOut,
    [property: Id(4)] ImmutableArray<UserStateChange> States,
    [property: Id(5)] int Total,
    [property: Id(6)] int Omitted) : DeliveryItem(Sequence)
{
    /// <inheritdoc />
    public override int Bytes => 256 + (80 * (Joined.Length + Left.Length + TimedOut.Length))
        + States.Sum(state => 128 + StateForm.BytesOf(state.Change.Set));
}
