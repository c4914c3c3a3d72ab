using ImOrleans.Domain.Identifiers;

namespace ImOrleans.Grains.Abstractions.Conversations;

/// <summary>A group that a user is in.</summary>
/// <param name="Group">Which.</param>
/// <param name="Name">As it is shown.</param>
[GenerateSerializer, Immutable, Alias("im.UserGroup")]
public readonly record struct UserGroup([property: Id(0)] GroupId Group, [property: Id(1)] string Name);
