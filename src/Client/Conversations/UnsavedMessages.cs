namespace ImOrleans.Client;

/// <summary>What an app puts away, and gives to <see cref="ConversationStore.Restore"/> when it starts again.</summary>
/// <param name="Messages">
/// Messages that are new; those of one conversation in the order of their numbers, but own ones.
/// </param>
/// <param name="Gaps">
/// Where messages are missing as of now. Keep them too: nobody tells of them again. Messages that are there may lie in
/// them.
/// </param>
public sealed record UnsavedMessages(IReadOnlyList<ConversationMessage> Messages, IReadOnlyList<ConversationGap> Gaps);
