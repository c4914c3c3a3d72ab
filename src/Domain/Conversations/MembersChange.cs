using System.Collections.Immutable;
using ImOrleans.Domain.Identifiers;

namespace ImOrleans.Domain.Conversations;

/// <summary>Users who come into a group or a discussion, or go.</summary>
/// <param name="Key">Which.</param>
/// <param name="Epoch">Of the activation that writes; see <see cref="ConversationHead.Epoch"/>.</param>
/// <param name="Joining">
/// They see what comes after the head as it is when the change is stored. Who has been there before goes on seeing
/// what it saw, but not what came in between (<see cref="Stays.Return"/>); who is there stays as it is. Both together at
/// most <see cref="ConversationLimits.MembersChangeMax"/>, and nobody in both.
/// </param>
/// <param name="Leaving">They see nothing after that head. Who is not there stays as it is.</param>
public sealed record MembersChange(
    ConversationKey Key, long Epoch, ImmutableArray<UserId> Joining, ImmutableArray<UserId> Leaving);
