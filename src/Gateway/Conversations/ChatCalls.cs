using ImOrleans.Domain.Conversations;
using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Gateway.Sessions;
using ImOrleans.Grains.Abstractions.Conversations;
using ImOrleans.Grains.Abstractions.Inboxes;

namespace ImOrleans.Gateway.Conversations;

/// <summary>What sessions do with conversations: send, pull, acknowledge.</summary>
/// <remarks>
/// <b>Errors:</b> <see cref="ErrorCode.InternalErrror"/>: not done, or not known; the same call may be made again.
/// </remarks>
internal sealed class ChatCalls(IGrainFactory grains, AckTokens tokens)
{
    private static readonly Refusal Unavailable =
        new(ErrorCode.InternalErrror, "The conversations cannot be reached now, or gave no answer in time; try again.");

    /// <summary>Sends a message; accepted means that it is on disk.</summary>
    /// <remarks>
    /// Messages of one session to one conversation keep their order. Whoever sends again what was not accepted, with the same
    /// client message id, never sends twice.
    /// </remarks>
    public Task<Outcome<ChatMessageSent>> SendAsync(Session session, ConversationKey conversation, SendChatMessageRequest message) =>
        session.Calls.ForConversationAsync<ChatMessageSent>(conversation, async budget =>
        {
            try
            {
                return await budget.WithinAsync(
                    grains.GetGrain<IConversationGrain>(conversation.Value).SendAsync(message with { Session = session.Id }));
            }
            catch (Exception failure) when (failure is not OutOfMemoryException)
            {
                return Unavailable;
            }
        });

    /// <summary>Reads what the session's device has not acknowledged, and a token to acknowledge it with.</summary>
    /// <param name="session">Whose.</param>
    /// <param name="since">Where a device begins that is not known, in milliseconds of Unix time.</param>
    /// <param name="count">At most so many messages.</param>
    public async Task<Outcome<(PulledMessages Pulled, string? AckToken)>> PullAsync(Session session, long since, int count)
    {
        // From now on a notice tells of something that this may not find.
        session.Inbox.Rearm();
        var pulled = await AskAsync(session, inbox => inbox.PullAsync(new(session.Device, since, count)));
        if (!pulled.IsAccepted)
            return pulled.As<(PulledMessages, string?)>();
        var positions = pulled.Value.Positions;
        return (pulled.Value, positions.IsEmpty ? null : tokens.Write(session.User, session.Device, positions));
    }

    /// <summary>The session's device has what a token stands for, and all before.</summary>
    /// <remarks><b>Errors:</b> <see cref="ErrorCode.BizErrorInvalidParameter"/>: it is no token of this device.</remarks>
    public Task<Outcome<Done>> AcknowledgeAsync(Session session, string token) =>
        tokens.TryRead(session.User, session.Device, token, out var positions)
            ? AskAsync(session, inbox => inbox.AcknowledgeAsync(new(session.Device, positions.Value)))
            : Task.FromResult<Outcome<Done>>(new Refusal(
                ErrorCode.BizErrorInvalidParameter, "'ackToken' is no token that this user and device was given."));

    private Task<Outcome<T>> AskAsync<T>(Session session, Func<IInboxGrain, Task<Outcome<T>>> ask) =>
        session.Calls.ForInboxAsync<T>(async budget =>
        {
            try
            {
                return await budget.WithinAsync(ask(grains.GetGrain<IInboxGrain>(GrainKey.Inbox(session.User))));
            }
            catch (Exception failure) when (failure is not OutOfMemoryException)
            {
                return Unavailable;
            }
        });
}
