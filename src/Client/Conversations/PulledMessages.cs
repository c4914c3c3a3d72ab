namespace ImOrleans.Client;

/// <summary>What a device has not acknowledged.</summary>
/// <param name="Messages">Those of one conversation in their order.</param>
/// <param name="AckToken">
/// What <see cref="RtmConversations.AcknowledgeAsync"/> takes once they are safe with the app. Null: there is nothing
/// to acknowledge.
/// </param>
/// <param name="IsFinished">Whether there was nothing more.</param>
public sealed record PulledMessages(IReadOnlyList<ConversationMessage> Messages, string? AckToken, bool IsFinished)
{
    /// <summary>
    /// What was left out in front of the messages of a conversation, since it does not wait any more: told until the
    /// page is acknowledged, then not again.
    /// </summary>
    public IReadOnlyList<ConversationGap> Skipped { get; init; } = [];
}
