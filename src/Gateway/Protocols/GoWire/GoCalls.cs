using ImOrleans.Domain.Errors;
using ImOrleans.Gateway.Protocols.GoWire.Frames;
using ImOrleans.Gateway.Sessions;

namespace ImOrleans.Gateway.Protocols.GoWire;

/// <summary>Turns requests into calls on the session. No rules of its own.</summary>
internal sealed class GoCalls(
    GoLoginCalls login, GoStreamCalls streams, GoMessageCalls messages, GoMetadataCalls metadata, GoLockCalls locks,
    GoPresenceCalls presence)
{
    /// <summary>Answers a request of a client that is signed in.</summary>
    public Task<GoReply> AnswerAsync(Session session, GoRequest request)
    {
        if (IsFarewell(request.Uri))
            return TakeLeaveAsync(session, request);
        return Take(session.Limits, request.Uri) is { } exceeded
            ? Task.FromResult<GoReply>(exceeded)
            : CallAsync(session, request);
    }

    /// <summary>Answers a request of a client that is not, or no longer, signed in.</summary>
    /// <param name="request">What is asked.</param>
    /// <param name="wasSignedIn">
    /// True when it was: its app takes leave of one channel after the other, and each call that is not answered well costs
    /// it a full time-out.
    /// </param>
    public static GoReply AnswerStranger(GoRequest request, bool wasSignedIn) => request.Uri switch
    {
        GoUri.SetParameters => GoReply.Done,
        _ when wasSignedIn && IsFarewell(request.Uri) => GoReply.Done,
        _ => ErrorCode.NotLogin,
    };

    /// <summary>
    /// The SDK's logout leaves all channels at once, one after the other, and tells nobody what was refused: taking leave
    /// costs no call, unless there is nothing to leave.
    /// </summary>
    private static bool IsFarewell(GoUri uri) =>
        uri is GoUri.StreamLeave or GoUri.MessageUnsubscribe or GoUri.Logout;

    /// <summary>Counts a request; publishes have budgets of their own.</summary>
    private static Refusal? Take(SessionLimits limits, GoUri uri) => uri switch
    {
        GoUri.MessagePublish or GoUri.StreamPublish => null,
        GoUri.ChangeChannelMetadata or GoUri.GetChannelMetadata or GoUri.ChangeUserMetadata or GoUri.GetUserMetadata
            or GoUri.SubscribeUserMetadata or GoUri.UnsubscribeUserMetadata => limits.TakeMetadata(),
        GoUri.LockAcquire => limits.TakeLockAcquire(),
        _ => limits.TakeCall(),
    };

    private async Task<GoReply> TakeLeaveAsync(Session session, GoRequest request)
    {
        var reply = await CallAsync(session, request);
        return reply.Code != ErrorCode.None && session.Limits.TakeCall() is { } exceeded ? exceeded : reply;
    }

    private Task<GoReply> CallAsync(Session session, GoRequest request) => request.Uri switch
    {
        GoUri.MessagePublish => messages.PublishAsync(session, request),
        GoUri.MessageSubscribe => messages.SubscribeAsync(session, request),
        GoUri.MessageUnsubscribe => messages.UnsubscribeAsync(session, request),
        GoUri.StreamPublish => streams.PublishAsync(session, request),
        GoUri.StreamJoin => streams.JoinAsync(session, request),
        GoUri.StreamLeave => streams.LeaveAsync(session, request),
        GoUri.JoinTopic => streams.JoinTopicAsync(session, request),
        GoUri.LeaveTopic => streams.LeaveTopicAsync(session, request),
        GoUri.SubscribeTopic => streams.SubscribeTopicAsync(session, request),
        GoUri.UnsubscribeTopic => streams.UnsubscribeTopicAsync(session, request),
        GoUri.ChangeChannelMetadata => metadata.ChangeChannelAsync(session, request),
        GoUri.GetChannelMetadata => metadata.GetChannelAsync(session, request),
        GoUri.ChangeUserMetadata => metadata.ChangeUserAsync(session, request),
        GoUri.GetUserMetadata => metadata.GetUserAsync(session, request),
        GoUri.SubscribeUserMetadata => metadata.SubscribeUserAsync(session, request),
        GoUri.UnsubscribeUserMetadata => metadata.UnsubscribeUserAsync(session, request),
        GoUri.LockSet => locks.SetAsync(session, request),
        GoUri.LockRemove => locks.RemoveAsync(session, request),
        GoUri.LockGet => locks.GetAsync(session, request),
        GoUri.LockAcquire => locks.AcquireAsync(session, request),
        GoUri.LockRelease => locks.ReleaseAsync(session, request),
        GoUri.LockRevoke => locks.RevokeAsync(session, request),
        GoUri.SetState => presence.SetStateAsync(session, request),
        GoUri.RemoveState => presence.RemoveStateAsync(session, request),
        GoUri.GetState => presence.GetStateAsync(session, request),
        GoUri.WhoNow => presence.WhoNowAsync(session, request),
        GoUri.WhereNow => presence.WhereNowAsync(session, request),
        GoUri.RenewToken => login.RenewTokenAsync(session, request),
        GoUri.Logout => login.LogoutAsync(session),
        GoUri.SetParameters => Task.FromResult(GoReply.Done),
        GoUri.Login => Task.FromResult<GoReply>(ErrorCode.DuplicateOperation),
        _ => Task.FromResult<GoReply>(request.Refusal ?? ErrorCode.InvalidParameter),
    };
}
