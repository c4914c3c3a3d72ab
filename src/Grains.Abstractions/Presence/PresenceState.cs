using System.Collections.Immutable;
using ImOrleans.Domain.Presence;

namespace ImOrleans.Grains.Abstractions.Presence;

/// <summary>What a user says of itself in a channel, and since when.</summary>
/// <param name="Items">The pairs, by key.</param>
/// <param name="Stamp">
/// Rises with each change of this user's state in this channel, also from activation to activation; of two states the one
/// with the greater stamp is the later. Zero: never set.
/// </param>
[GenerateSerializer, Immutable, Alias("im.PresenceState")]
public sealed record PresenceState(
    [property: Id(0)] ImmutableArray<StateItem> Items,
    [property: Id(1)] long Stamp)
{
    /// <summary>Nothing was ever said.</summary>
    public static PresenceState None { get; } = new([], 0);
}
