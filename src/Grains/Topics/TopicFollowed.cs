using System.Collections.Immutable;
using ImOrleans.Domain.Identifiers;

namespace ImOrleans.Grains.Topics;

/// <summary>What came of a wish to follow publishers.</summary>
/// <param name="Succeeded">Followed now, in the order asked for.</param>
/// <param name="Failed">Did not fit.</param>
/// <param name="FollowedCount">How many are followed now, all in all.</param>
internal sealed record TopicFollowed(ImmutableArray<UserId> Succeeded, ImmutableArray<UserId> Failed, int FollowedCount);
