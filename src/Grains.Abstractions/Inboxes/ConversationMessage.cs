using ImOrleans.Domain.Conversations;

namespace ImOrleans.Grains.Abstractions.Inboxes;

/// <summary>A message and where it belongs.</summary>
[GenerateSerializer, Immutable, Alias("im.ConversationMessage")]
public readonly record struct ConversationMessage(
    [property: Id(0)] ConversationKey Conversation,
    [property: Id(1)] StoredMessage Message);
