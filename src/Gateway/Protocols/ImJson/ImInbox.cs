using ImOrleans.Domain.Conversations;
using ImOrleans.Domain.Errors;
using ImOrleans.Gateway.Conversations;
using ImOrleans.Gateway.Sessions;
using Microsoft.Extensions.Logging;

namespace ImOrleans.Gateway.Protocols.ImJson;

/// <summary>
/// Does for a client of this door what those of other doors do themselves: pulls the messages of its conversations, and
/// acknowledges each when its client has it, as far as that can be known.
/// </summary>
/// <remarks>
/// <b>Guarantee:</b> what was not written, or was pushed and its client was not heard since (<see cref="ImReceipts"/>),
/// comes with the next login; over one connection nothing comes twice, and messages of a conversation come in their
/// order. A pull begins only when all that was pushed before is written and acknowledged, and the session is not pushed
/// to, so that it can find none of it again.
/// <b>Bounds:</b> one page at a time, message by message; what is to be acknowledged is kept once a conversation.
/// </remarks>
internal sealed partial class ImInbox(
    Session session, ImConnection connection, ChatCalls chats, TimeProvider clock, ILogger logger)
{
    private static readonly TimeSpan PauseMin = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(15);

    private readonly Lock _gate = new();
    private readonly ImReceipts _receipts = new(clock);
    private bool _wantsPull;
    private bool _isRunning;

    /// <summary>Begins with what has come while the user was away.</summary>
    public void Start() => OnWritten(new([], [], HasMore: true));

    /// <summary>Something was written.</summary>
    public void OnWritten(ImEvents events) => Note(receipts =>
    {
        receipts.Write(events);
        _wantsPull |= events.HasMore;
    });

    /// <summary>The client has sent something.</summary>
    public void OnHeard() => Note(receipts => receipts.Hear());

    /// <summary>The client has taken its leave: it has all that was written.</summary>
    public async Task EndAsync()
    {
        // Each once: what is not acknowledged comes again.
        foreach (var token in TakeWritten().Values)
            await chats.AcknowledgeAsync(session, token);
    }

    private void Note(Action<ImReceipts> change)
    {
        lock (_gate)
        {
            change(_receipts);
            if (_isRunning || !(_receipts.IsDue || _wantsPull))
                return;
            _isRunning = true;
        }

        _ = RunAsync();
    }

    private bool IsOver => session.IsEnded || connection.IsClosing;

    private async Task RunAsync()
    {
        try
        {
            while (TryTake(out var received, out var wantsPull))
            {
                await AcknowledgeAsync(received);
                if (wantsPull)
                    await PullAllAsync();
            }
        }
        catch (Exception defect) when (defect is not OutOfMemoryException)
        {
            // The client must not stay connected and hear nothing.
            LogFailed(logger, defect, session.Id);
            connection.Close(DisconnectCode.Unavailable);
        }
    }

    private bool TryTake(out Dictionary<ConversationKey, string> received, out bool wantsPull)
    {
        lock (_gate)
        {
            (received, wantsPull) = ([], _wantsPull);
            _wantsPull = false;
            _isRunning = !IsOver && (_receipts.IsDue || wantsPull);
            if (_isRunning)
                received = _receipts.Take();
            return _isRunning;
        }
    }

    private async Task AcknowledgeAsync(Dictionary<ConversationKey, string> received)
    {
        foreach (var token in received.Values)
            await AcknowledgeAsync(token);
    }

    private Task<Done?> AcknowledgeAsync(string token) => UntilDoneAsync(() => chats.AcknowledgeAsync(session, token));

    private async Task PullAllAsync()
    {
        var isFinished = session.Inbox.IsPushing;
        while (!isFinished && !IsOver)
        {
            await session.Outbox.FlushedAsync();
            await AcknowledgeAsync(TakeWritten());
            if (await UntilDoneAsync(() => chats.PullAsync(session, ConversationLimits.PullMessagesMax)) is not { } page)
                return;
            foreach (var (conversation, message) in page.Pulled.Messages)
            {
                session.Outbox.Post(new ImPulledMessage(conversation, session.User, message));
                await session.Outbox.FlushedAsync();
                if (IsOver)
                    return;
            }

            if (page.AckToken is { } token)
                await AcknowledgeAsync(token);
            isFinished = page.Pulled.IsFinished;
        }
    }

    /// <summary>All that was written: a pull would find it again.</summary>
    private Dictionary<ConversationKey, string> TakeWritten()
    {
        lock (_gate)
        {
            _receipts.TakeAllForReceived();
            return _receipts.Take();
        }
    }

    /// <summary>Asks until it is done, or nobody is there any more; null then.</summary>
    private async Task<T?> UntilDoneAsync<T>(Func<Task<Outcome<T>>> ask)
        where T : struct
    {
        for (var pause = PauseMin; !IsOver; pause = pause * 2 < PauseMax ? pause * 2 : PauseMax)
        {
            var outcome = await ask();
            if (outcome.IsAccepted)
                return outcome.Value;
            if (outcome.Refusal.Code != ErrorCode.InternalErrror)
                throw new InvalidOperationException($"What this door itself asks was refused: {outcome.Refusal}.");
            LogNotDone(logger, session.Id, outcome.Refusal.Code);
            await Task.Delay(pause, clock);
        }

        return null;
    }

    [LoggerMessage(EventId = ImLogEvents.InboxFailed, Level = LogLevel.Error,
        Message = "Messages for session {SessionId} could not be passed on by a defect; its connection is closed")]
    private static partial void LogFailed(ILogger logger, Exception defect, Domain.Identifiers.SessionId sessionId);

    [LoggerMessage(EventId = ImLogEvents.InboxNotAsked, Level = LogLevel.Debug,
        Message = "The inbox of session {SessionId} gave no answer ({ErrorCode}) and is asked again")]
    private static partial void LogNotDone(
        ILogger logger, Domain.Identifiers.SessionId sessionId, ErrorCode errorCode);
}
