using System.Collections.Immutable;
using ImOrleans.Domain.Conversations;
using ImOrleans.Domain.Identifiers;

namespace ImOrleans.Grains.Abstractions.Inboxes;

/// <summary>
/// How far a user's conversations were when a pull read them to their ends: by this a gateway tells whether what it is passed
/// on later goes on from there.
/// </summary>
/// <param name="AsOfUnixMs">
/// All that has an earlier time was there to be read, whatever its conversation. 0 when there was no conversation.
/// </param>
/// <param name="Newest">
/// Where the conversations ended whose last message has this time or a later one. Of all others, what has an earlier time was
/// read, and there was nothing else. At most <see cref="NewestMax"/>.
/// </param>
/// <param name="Total">See <see cref="IMessageLog.ReadTotalsAsync"/>; of what was read.</param>
/// <param name="GroupsDigest">See <see cref="DigestOf"/>: of all groups and discussions that the user was in.</param>
[GenerateSerializer, Immutable, Alias("im.InboxMark")]
public sealed record InboxMark(
    [property: Id(0)] long AsOfUnixMs,
    [property: Id(1)] ImmutableArray<DevicePosition> Newest,
    [property: Id(2)] long Total,
    [property: Id(3)] long GroupsDigest)
{
    /// <summary>
    /// The most of <see cref="Newest"/>. One, unless messages share a millisecond or the user has more conversations than a page
    /// of the store.
    /// </summary>
    public const int NewestMax = 500;

    /// <summary>What one group adds to the digest of all: their sum, in whatever order.</summary>
    public static long DigestOf(ConversationKey group) => (long)Fnv1a.Of(group.Value);
}
