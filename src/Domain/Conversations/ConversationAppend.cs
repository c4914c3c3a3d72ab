using System.Collections.Immutable;
using ImOrleans.Domain.Identifiers;

namespace ImOrleans.Domain.Conversations;

/// <summary>Messages that are to follow each other in one conversation.</summary>
/// <param name="Key">Which conversation.</param>
/// <param name="Epoch">Of the activation that appends; see <see cref="ConversationHead.Epoch"/>.</param>
/// <param name="FirstSeq">The number of the first message, one more than the head's; the others count on.</param>
/// <param name="Messages">
/// 1 to <see cref="ConversationLimits.PageMessagesMax"/>, together at most <see cref="ConversationLimits.AppendBytesMax"/>.
/// </param>
/// <param name="Entering">
/// Users who are in the conversation from the first of these messages on, if they are not in it yet: both in the first
/// append to a private or system conversation, nobody else's business.
/// </param>
public sealed record ConversationAppend(
    ConversationKey Key, long Epoch, long FirstSeq, ImmutableArray<ChatMessage> Messages, ImmutableArray<UserId> Entering);
