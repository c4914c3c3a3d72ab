using System.Collections.Immutable;

namespace ImOrleans.Grains.Abstractions.Presence;

/// <summary>Who is in a channel at this moment.</summary>
/// <param name="Users">At most 100, in order of coming; without states unless these were asked for.</param>
/// <param name="Total">How many users there are.</param>
/// <param name="NextPage">To ask for the next page with; null when this was the last one.</param>
[GenerateSerializer, Immutable, Alias("im.WhoNow")]
public sealed record WhoNow(
    [property: Id(0)] ImmutableArray<PresentUser> Users,
    [property: Id(1)] int Total,
    [property: Id(2)] string? NextPage);
