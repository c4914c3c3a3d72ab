using System.Collections.Immutable;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Grains.Abstractions.Delivery;

namespace ImOrleans.Grains.Abstractions.Rooms;

/// <summary>
/// All members of a channel on one gateway; none to withdraw. The epoch of the route is not looked at.
/// </summary>
[GenerateSerializer, Immutable, Alias("im.RoomRegistration")]
public sealed record RoomRegistration(
    [property: Id(0)] RouteUpdate Route,
    [property: Id(1)] ImmutableArray<RoomMember> Members)
{
    /// <summary>
    /// The digest that gateway and room compare: each session with its published and subscribed topics.
    /// </summary>
    public static long DigestOf(IEnumerable<RoomMember> members)
    {
        ArgumentNullException.ThrowIfNull(members);
        var digest = new RegistrationDigest();
        foreach (var member in members)
            digest.Add(
                member.Session,
                [.. Named("p:", member.PublishedTopics), .. Named("s:", member.SubscribedTopics)]);
        return digest.Value;
    }

    private static IEnumerable<string> Named(string role, ImmutableArray<TopicName> topics) =>
        topics.Select(topic => role + topic.Value).Order(StringComparer.Ordinal);
}
