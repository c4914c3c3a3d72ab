using ImOrleans.Domain.Identifiers;

namespace ImOrleans.Domain.Conversations;

/// <summary>A user who is in a group or a discussion.</summary>
/// <param name="User">Who.</param>
/// <param name="JoinedSeq">It sees messages of greater numbers.</param>
[GenerateSerializer, Immutable, Alias("im.Member")]
public readonly record struct Member([property: Id(0)] UserId User, [property: Id(1)] long JoinedSeq);
