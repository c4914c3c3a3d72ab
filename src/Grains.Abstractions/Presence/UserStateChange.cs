using ImOrleans.Domain.Identifiers;
using ImOrleans.Domain.Presence;

namespace ImOrleans.Grains.Abstractions.Presence;

/// <summary>What one user says of itself in a channel has changed.</summary>
[GenerateSerializer, Immutable, Alias("im.UserStateChange")]
public sealed record UserStateChange(
    [property: Id(0)] UserId User,
    [property: Id(1)] StateChange Change);
