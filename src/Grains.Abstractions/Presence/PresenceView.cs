using System.Collections.Immutable;

namespace ImOrleans.Grains.Abstractions.Presence;

/// <summary>Who is in a channel, as the sessions are told that want to know.</summary>
/// <param name="Users">
/// In order of coming: all of them in announce mode, the first 100 in interval mode. One who has left a moment ago is
/// still among them, since nobody has been told.
/// </param>
/// <param name="Total">How many users there are.</param>
/// <param name="IsInterval">Whether changes are told together, once a period, instead of each by itself.</param>
[GenerateSerializer, Immutable, Alias("im.PresenceView")]
public sealed record PresenceView(
    [property: Id(0)] ImmutableArray<PresentUser> Users,
    [property: Id(1)] int Total,
    [property: Id(2)] bool IsInterval);
