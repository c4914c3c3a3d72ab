using System.Collections.Immutable;
using ImOrleans.Domain.Identifiers;

namespace ImOrleans.Grains.Abstractions.Conversations;

/// <summary>A group or a discussion is to be.</summary>
/// <param name="Name">As it is shown, up to 64 characters.</param>
/// <param name="Creator">Who makes a discussion, and is in it; null for a group.</param>
/// <param name="Members">At most <see cref="Domain.Conversations.ConversationLimits.MembersChangeMax"/>, its creator included.</param>
[GenerateSerializer, Immutable, Alias("im.CreateGroupRequest")]
public sealed record CreateGroupRequest(
    [property: Id(0)] string Name,
    [property: Id(1)] UserId? Creator,
    [property: Id(2)] ImmutableArray<UserId> Members);
