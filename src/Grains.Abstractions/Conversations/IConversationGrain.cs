using ImOrleans.Domain.Errors;
using Orleans.CodeGeneration;
using Orleans.Concurrency;

namespace ImOrleans.Grains.Abstractions.Conversations;

/// <summary>
/// One private or system conversation: gives its messages their numbers and stores them. Key: that of
/// <see cref="Domain.Conversations.ConversationKey"/>. Groups and discussions: <see cref="IGroupGrain"/>.
/// </summary>
[Alias("im.IConversationGrain"), Version(1)]
public interface IConversationGrain : IGrainWithStringKey
{
    /// <summary>Stores a message, and answers when it is on disk.</summary>
    /// <remarks>
    /// <b>Guarantee:</b> an accepted message is stored once, in the order of the numbers that are answered. One that comes
    /// again with its client message id within 7 days, from the same sender, is answered as the first time.
    /// One that <see cref="SendChatMessageRequest.IsStatus"/> is passed on, soon or never, and has the number 0.
    /// <b>Errors:</b> <see cref="ErrorCode.InternalErrror"/>: not stored, or it is not known; the same message with the same
    /// client message id may be sent again. <see cref="ErrorCode.RejectedByBlacklist"/>: the receiver does not want it.
    /// <see cref="ErrorCode.SensitiveShield"/>: it has a word that is not allowed.
    /// <b>Cost:</b> one commit, shared with all that waits; for a private message a question to the receiver's inbox.
    /// Interleaves with every call: it only adds to the line of what waits to be stored and awaits its own place there.
    /// </remarks>
    [Alias("Send"), AlwaysInterleave, ResponseTimeout("00:00:04")]
    Task<Outcome<ChatMessageSent>> SendAsync(SendChatMessageRequest request);
}
