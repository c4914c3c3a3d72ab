using System.Collections.Immutable;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Domain.Presence;

namespace ImOrleans.Grains.Abstractions.Presence;

/// <summary>A user in a channel, whatever the number of its sessions.</summary>
/// <param name="User">Who.</param>
/// <param name="State">What it says of itself.</param>
[GenerateSerializer, Immutable, Alias("im.PresentUser")]
public sealed record PresentUser(
    [property: Id(0)] UserId User,
    [property: Id(1)] ImmutableArray<StateItem> State);
