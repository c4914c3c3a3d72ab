using System.Collections.Immutable;
using ImOrleans.Domain.Identifiers;

namespace ImOrleans.Grains.Abstractions.Conversations;

/// <summary>A page of the groups that a user is in.</summary>
/// <param name="Groups">In the order of their keys; those that have ended are left out.</param>
/// <param name="Next">What the next page begins after; null: there is none.</param>
[GenerateSerializer, Immutable, Alias("im.UserGroupsPage")]
public sealed record UserGroupsPage(
    [property: Id(0)] ImmutableArray<UserGroup> Groups,
    [property: Id(1)] GroupId? Next);
