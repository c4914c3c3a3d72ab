using System.Collections.Immutable;
using ImOrleans.Domain.Conversations;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Grains.Abstractions.Conversations;

namespace ImOrleans.Simulation.Tests;

/// <summary>A message that somebody sends, once or again and again.</summary>
/// <param name="By">Who, with which device.</param>
/// <param name="Conversation">Where.</param>
/// <param name="Text">Its content, that of no other.</param>
/// <param name="Name">Its client message id; null when it has none and is sent once.</param>
/// <param name="Floor">The greatest number that was answered in the conversation before it was begun.</param>
/// <param name="Receivers">Whom it is for alone; empty for all.</param>
internal sealed record SendAttempt(
    string By, ConversationKey Conversation, string Text, string? Name, long Floor, ImmutableArray<UserId> Receivers)
{
    /// <summary>What it was answered; null when nothing was heard.</summary>
    public ChatMessageSent? Answer { get; set; }
}
