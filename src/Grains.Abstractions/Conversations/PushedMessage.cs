using ImOrleans.Domain.Conversations;
using ImOrleans.Domain.Identifiers;

namespace ImOrleans.Grains.Abstractions.Conversations;

/// <summary>A message, and who need not be told of it.</summary>
/// <param name="Message">The message.</param>
/// <param name="Writer">The session that wrote it; null when it was none.</param>
[GenerateSerializer, Immutable, Alias("im.PushedMessage")]
public readonly record struct PushedMessage(
    [property: Id(0)] StoredMessage Message,
    [property: Id(1)] SessionId? Writer);
