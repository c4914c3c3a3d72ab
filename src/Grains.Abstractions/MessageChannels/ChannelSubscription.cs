using ImOrleans.Domain.Identifiers;
using ImOrleans.Grains.Abstractions.Presence;

namespace ImOrleans.Grains.Abstractions.MessageChannels;

/// <summary>One session that is subscribed to a message channel.</summary>
/// <param name="Session">The session.</param>
/// <param name="User">Its user.</param>
/// <param name="Feeds">What it hears of; never none.</param>
[GenerateSerializer, Immutable, Alias("im.ChannelSubscription")]
public sealed record ChannelSubscription(
    [property: Id(0)] SessionId Session,
    [property: Id(1)] UserId User,
    [property: Id(2)] ChannelFeeds Feeds)
{
    /// <summary>Its part in the channel's presence; it wants to be told when its feeds say so.</summary>
    [Id(3)]
    public MemberPresence Presence { get; init; } = MemberPresence.Default;
}
