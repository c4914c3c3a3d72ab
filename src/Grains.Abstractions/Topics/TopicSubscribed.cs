using System.Collections.Immutable;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Grains.Abstractions.Delivery;

namespace ImOrleans.Grains.Abstractions.Topics;

/// <summary>The answer to a subscription. Messages after the stamp's position are the subscriber's.</summary>
/// <param name="Stamp">The topic's activation and its position.</param>
/// <param name="Succeeded">Followed now, the ones that were followed before included, in the order asked for.</param>
/// <param name="Failed">Not followed, for the limit.</param>
/// <param name="FollowedCount">
/// How many publishers the session follows in the topic now; with zero it has no subscription, on either side.
/// </param>
[GenerateSerializer, Immutable, Alias("im.TopicSubscribed")]
public sealed record TopicSubscribed(
    [property: Id(0)] RouteStamp Stamp,
    [property: Id(1)] ImmutableArray<UserId> Succeeded,
    [property: Id(2)] ImmutableArray<UserId> Failed,
    [property: Id(3)] int FollowedCount);
