using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Gateway.Sessions;
using ImOrleans.Grains.Abstractions.Inboxes;

namespace ImOrleans.Gateway.Conversations;

/// <summary>What sessions set for their user's side of messaging: whom it does not want to hear, how long messages wait.</summary>
internal sealed class InboxCalls(IGrainFactory grains)
{
    /// <summary>Puts a user on the blacklist; accepted means that it is on disk.</summary>
    /// <remarks><b>Errors:</b> <see cref="ErrorCode.BlackAddError"/>: not done or not known, or the blacklist is full.</remarks>
    public Task<Outcome<Done>> AddAsync(Session session, UserId user) =>
        AskAsync(session, ErrorCode.BlackAddError, inbox => inbox.BlockAsync(user));

    /// <summary>Takes a user from the blacklist; accepted means that it is on disk.</summary>
    /// <remarks><b>Errors:</b> <see cref="ErrorCode.BlackRemoveError"/>: not done or not known.</remarks>
    public Task<Outcome<Done>> RemoveAsync(Session session, UserId user) =>
        AskAsync(session, ErrorCode.BlackRemoveError, inbox => inbox.UnblockAsync(user));

    /// <summary>The blacklist.</summary>
    /// <remarks><b>Errors:</b> <see cref="ErrorCode.BlackGetstatusError"/>.</remarks>
    public Task<Outcome<Blacklist>> GetAsync(Session session) =>
        AskAsync(session, ErrorCode.BlackGetstatusError, inbox => inbox.GetBlacklistAsync());

    /// <summary>Whether a user is on the blacklist.</summary>
    /// <remarks><b>Errors:</b> <see cref="ErrorCode.BlackGetstatusError"/>.</remarks>
    public Task<Outcome<bool>> HasAsync(Session session, UserId user) =>
        AskAsync(session, ErrorCode.BlackGetstatusError, inbox => inbox.IsBlockedAsync(user));

    /// <summary>Sets for how many days messages wait for the user's devices; accepted means that it is on disk.</summary>
    /// <remarks><b>Errors:</b> <see cref="ErrorCode.InternalErrror"/>: not done or not known.</remarks>
    public Task<Outcome<Done>> SetOfflineDaysAsync(Session session, int days) =>
        AskAsync(session, ErrorCode.InternalErrror, inbox => inbox.SetOfflineDaysAsync(days));

    private async Task<Outcome<T>> AskAsync<T>(
        Session session, ErrorCode failed, Func<IInboxGrain, Task<Outcome<T>>> ask)
    {
        var outcome = await session.Calls.ForInboxAsync<T>(async budget =>
        {
            try
            {
                return await budget.WithinAsync(ask(grains.GetGrain<IInboxGrain>(GrainKey.Inbox(session.User))));
            }
            catch (Exception failure) when (failure is not OutOfMemoryException)
            {
                return failed;
            }
        });

        // What was not begun in time has the code of the operation, too.
        return outcome.Refusal is { Code: ErrorCode.InternalErrror, Message: var message }
            ? new Refusal(failed, message)
            : outcome;
    }
}
