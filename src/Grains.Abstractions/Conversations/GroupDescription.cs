using System.Collections.Immutable;
using ImOrleans.Domain.Conversations;

namespace ImOrleans.Grains.Abstractions.Conversations;

/// <summary>A group or a discussion, as it is stored.</summary>
/// <param name="Profile">What is known of it.</param>
/// <param name="Members">The page that was asked for, in the order of their ids.</param>
/// <param name="MembersTotal">How many there are in all.</param>
[GenerateSerializer, Immutable, Alias("im.GroupDescription")]
public sealed record GroupDescription(
    [property: Id(0)] GroupProfile Profile,
    [property: Id(1)] ImmutableArray<Member> Members,
    [property: Id(2)] int MembersTotal);
