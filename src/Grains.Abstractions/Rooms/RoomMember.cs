using System.Collections.Immutable;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Grains.Abstractions.Presence;

namespace ImOrleans.Grains.Abstractions.Rooms;

/// <summary>What a gateway vouches for: one session in a channel.</summary>
/// <param name="Session">The session.</param>
/// <param name="User">Its user.</param>
/// <param name="TokenExpiresAt">When its token for the channel ends; null when the login token served.</param>
/// <param name="PublishedTopics">Where it publishes.</param>
/// <param name="SubscribedTopics">Where it follows publishers.</param>
[GenerateSerializer, Immutable, Alias("im.RoomMember")]
public sealed record RoomMember(
    [property: Id(0)] SessionId Session,
    [property: Id(1)] UserId User,
    [property: Id(2)] DateTimeOffset? TokenExpiresAt,
    [property: Id(3)] ImmutableArray<TopicName> PublishedTopics,
    [property: Id(4)] ImmutableArray<TopicName> SubscribedTopics)
{
    /// <summary>Its part in the channel's presence.</summary>
    [Id(5)]
    public MemberPresence Presence { get; init; } = MemberPresence.Default;
}
