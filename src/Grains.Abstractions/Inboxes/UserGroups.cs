using System.Collections.Immutable;
using ImOrleans.Domain.Conversations;

namespace ImOrleans.Grains.Abstractions.Inboxes;

/// <summary>The groups and discussions that a user is in.</summary>
/// <param name="Keys">Which; at most <see cref="KeysMax"/>.</param>
/// <param name="Digest">See <see cref="InboxMark.DigestOf"/>; of all, however many.</param>
[GenerateSerializer, Immutable, Alias("im.UserGroups")]
public sealed record UserGroups(
    [property: Id(0)] ImmutableArray<ConversationKey> Keys,
    [property: Id(1)] long Digest)
{
    /// <summary>The most that are named; what is new in others is found when somebody pulls.</summary>
    public const int KeysMax = 10_000;
}
