using System.Collections.Immutable;
using ImOrleans.Grains.Abstractions.Delivery;

namespace ImOrleans.Grains.Abstractions.Topics;

/// <summary>All of a topic on one gateway; empty to withdraw. The epoch of the route is not looked at.</summary>
[GenerateSerializer, Immutable, Alias("im.TopicRegistration")]
public sealed record TopicRegistration(
    [property: Id(0)] RouteUpdate Route,
    [property: Id(1)] ImmutableArray<TopicPublisher> Publishers,
    [property: Id(2)] ImmutableArray<TopicSubscription> Subscriptions)
{
    /// <summary>
    /// The digest that gateway and topic compare: each publisher, and each subscription with whom it follows.
    /// </summary>
    /// <remarks>A subscription that follows nobody does not exist, on either side.</remarks>
    public static long DigestOf(
        IEnumerable<TopicPublisher> publishers,
        IEnumerable<TopicSubscription> subscriptions)
    {
        ArgumentNullException.ThrowIfNull(publishers);
        ArgumentNullException.ThrowIfNull(subscriptions);
        var digest = new RegistrationDigest();
        foreach (var publisher in publishers)
            digest.Add(publisher.Session, "p");
        foreach (var subscription in subscriptions)
        {
            string[] users = [.. subscription.Users.Select(user => user.Value).Order(StringComparer.Ordinal)];
            digest.Add(subscription.Session, ["s", .. users]);
        }

        return digest.Value;
    }
}
