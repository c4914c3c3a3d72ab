using System.Collections.Immutable;
using ImOrleans.Domain.Identifiers;

namespace ImOrleans.Grains.Abstractions.Inboxes;

/// <summary>Whose private messages a user does not want.</summary>
/// <param name="Users">
/// In the order in which they were added, at most <see cref="Domain.Conversations.ConversationLimits.BlacklistMax"/>.
/// </param>
[GenerateSerializer, Immutable, Alias("im.Blacklist")]
public sealed record Blacklist([property: Id(0)] ImmutableArray<UserId> Users);
