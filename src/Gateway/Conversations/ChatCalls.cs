using ImOrleans.Domain.Conversations;
using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Gateway.Routing;
using ImOrleans.Gateway.Sessions;
using ImOrleans.Grains.Abstractions.Conversations;
using ImOrleans.Grains.Abstractions.Inboxes;

namespace ImOrleans.Gateway.Conversations;

/// <summary>What sessions do with conversations: send, pull, acknowledge.</summary>
/// <remarks>
/// <b>Errors:</b> <see cref="ErrorCode.InternalErrror"/>: not done, or not known; the same call may be made again.
/// </remarks>
internal sealed class ChatCalls(IGrainFactory grains, AckTokens tokens, ChatGroups groups, ConversationPosts conversations)
{
    private static readonly Refusal Unavailable =
        new(ErrorCode.InternalErrror, "The conversations cannot be reached now, or gave no answer in time; try again.");

    /// <summary>Sends a message; accepted means that it is on disk.</summary>
    /// <remarks>
    /// Messages of one session to one conversation keep their order. Whoever sends again what was not accepted, with the same
    /// client message id, never sends twice.
    /// </remarks>
    public Task<Outcome<ChatMessageSent>> SendAsync(Session session, ConversationKey conversation, SendChatMessageRequest message) =>
        SendAsync(session.Calls, conversation, message with { Session = session.Id });

    /// <summary>Sends a message in an order of calls.</summary>
    public Task<Outcome<ChatMessageSent>> SendAsync(
        CallOrder order, ConversationKey conversation, SendChatMessageRequest message) =>
        order.ForConversationAsync<ChatMessageSent>(conversation, async budget =>
        {
            try
            {
                return await budget.WithinAsync(conversation.Type is ConversationType.Group or ConversationType.Discussion
                    ? grains.GetGrain<IGroupGrain>(conversation.Value).SendAsync(message)
                    : grains.GetGrain<IConversationGrain>(conversation.Value).SendAsync(message));
            }
            catch (Exception failure) when (failure is not OutOfMemoryException)
            {
                return Unavailable;
            }
        });

    /// <summary>Reads what the session's device has not acknowledged, and a token to acknowledge it with.</summary>
    /// <param name="session">Whose.</param>
    /// <param name="count">At most so many messages.</param>
    /// <param name="fromNow">See <see cref="PullRequest.FromNow"/>.</param>
    public Task<Outcome<(PulledMessages Pulled, string? AckToken)>> PullAsync(Session session, int count, bool fromNow = false) =>
        AskAsync<(PulledMessages, string?)>(session, async (inbox, budget) =>
        {
            if (session.Inbox.NeedsGroups && await FindGroupsAsync(session, inbox, budget) is { } refusal)
                return refusal;
            session.Inbox.BeginPull();
            var outcome = await budget.WithinAsync(inbox.PullAsync(new(session.Device, count) { FromNow = fromNow }));
            if (!outcome.IsAccepted)
                return outcome.As<(PulledMessages, string?)>();
            var pulled = outcome.Value;
            var token = pulled.Positions.IsEmpty ? null : tokens.Write(session.User, session.Device, pulled.Positions);
            if (session.Inbox.EndPull(pulled.Mark, token, (push, verdict) => conversations.Post(session, push, verdict)))
                session.Outbox.Post(new ConversationNoticeEvent(null, session.User));
            return (pulled, token);
        });

    /// <summary>The session's device has what a token stands for, and all before.</summary>
    /// <remarks>
    /// The token of a pushed batch counts on the connection that it came over. Later it has no effect: the messages come again
    /// with the next pull.
    /// <b>Errors:</b> <see cref="ErrorCode.BizErrorInvalidParameter"/>: it is no token of this device.
    /// </remarks>
    public Task<Outcome<Done>> AcknowledgeAsync(Session session, string token)
    {
        if (tokens.TryRead(token, out var pushed))
            return AskAsync<Done>(session, async (inbox, budget) =>
            {
                if (!session.Inbox.IsHanded(pushed))
                    return default(Done);
                var stored = await budget.WithinAsync(inbox.AcknowledgeAsync(new(session.Device, [pushed])));
                if (stored.IsAccepted)
                    session.Inbox.Acknowledge(pushed);
                return stored;
            });
        if (!tokens.TryRead(session.User, session.Device, token, out var positions))
            return Task.FromResult<Outcome<Done>>(new Refusal(
                ErrorCode.BizErrorInvalidParameter, "'ackToken' is no token that this user and device was given."));
        return AskAsync<Done>(session, async (inbox, budget) =>
        {
            var stored = await budget.WithinAsync(inbox.AcknowledgeAsync(new(session.Device, positions.Value)));
            if (!stored.IsAccepted)
                return stored;
            foreach (var position in positions.Value)
                session.Inbox.Acknowledge(position);
            session.Inbox.EndPull(token, (push, verdict) => conversations.Post(session, push, verdict));
            return stored;
        });
    }

    /// <summary>
    /// Puts the session into the routes of its groups before the pull reads, so that what the pull does not find is passed on.
    /// </summary>
    private async Task<Refusal?> FindGroupsAsync(Session session, IInboxGrain inbox, CallBudget budget)
    {
        session.Inbox.BeginGroups();
        try
        {
            var found = await budget.WithinAsync(inbox.GetGroupsAsync());
            if (found.IsAccepted)
                await groups.SetAsync(session, found.Value);
            else
                session.Inbox.ForgetGroups();
            return found.Refusal;
        }
        catch
        {
            session.Inbox.ForgetGroups();
            throw;
        }
    }

    private Task<Outcome<T>> AskAsync<T>(Session session, Func<IInboxGrain, CallBudget, Task<Outcome<T>>> ask) =>
        session.Calls.ForInboxAsync<T>(async budget =>
        {
            try
            {
                return await ask(grains.GetGrain<IInboxGrain>(GrainKey.Inbox(session.User)), budget);
            }
            catch (Exception failure) when (failure is not OutOfMemoryException)
            {
                return Unavailable;
            }
        });
}
