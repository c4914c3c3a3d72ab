using System.Collections.Immutable;
using ImOrleans.Domain.Identifiers;

namespace ImOrleans.Grains.Abstractions.Topics;

/// <summary>Whom a session follows in a topic.</summary>
[GenerateSerializer, Immutable, Alias("im.SubscribedUsers")]
public sealed record SubscribedUsers([property: Id(0)] ImmutableArray<UserId> Users);
