namespace ImOrleans.Client;

/// <summary>Where messages of a conversation may be missing.</summary>
/// <param name="Type">The kind of the conversation.</param>
/// <param name="TargetId">The other user, or the group.</param>
/// <param name="Gap">The stretch.</param>
public sealed record ConversationGap(ConversationType Type, string TargetId, MessageGap Gap);
