using ImOrleans.Domain.Conversations;
using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Grains.Abstractions.Conversations;
using ImOrleans.Grains.Abstractions.Inboxes;
using ImOrleans.Grains.Abstractions.Users;
using Microsoft.Extensions.Logging;

namespace ImOrleans.Grains.Conversations;

/// <summary>The grain of one private or system conversation.</summary>
[GrainType("conversation")]
public sealed partial class ConversationGrain(ConversationServices services, ILogger<ConversationGrain> logger)
    : Grain, IConversationGrain
{
    /// <summary>How long the end of an activation waits for what is being stored.</summary>
    private static readonly TimeSpan ClosingWait = TimeSpan.FromSeconds(2);

    private static readonly Refusal ReceiverUnknown = new(
        ErrorCode.InternalErrror, "It cannot be known now whether the receiver wants the message; it was not stored, send it again.");

    private readonly ILogger _logger = logger;
    private ConversationKey _key;
    private ConversationWriter? _writer;
    private ConversationNotifier _notifier = null!;
    private StatusNotifier _statuses = null!;

    /// <inheritdoc />
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _key = ConversationKey.Parse(this.GetPrimaryKeyString());
        if (_key.Parties.IsEmpty)
            throw new InvalidOperationException($"{_key} has members, and a grain of another kind.");
        _notifier = new(
            user => GrainFactory.GetGrain<IUserGrain>(GrainKey.User(user)),
            (user, failure) => LogNotToldOf(_key.Value, user.Value, failure));
        _statuses = new(TellAsync, failure => LogStatusLost(_key.Value, failure));
        if (services.Log is { } log)
            _writer = new(
                _key, log, services.Clock, services.Numbers.Next, services.Options, OnStored, OnFenced, services.Note);
        return Task.CompletedTask;
    }

    /// <inheritdoc />
    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        if (_writer is null)
            return;
        try
        {
            await _writer.CloseAsync().WaitAsync(ClosingWait, services.Clock, cancellationToken);
        }
        catch (Exception failure) when (failure is TimeoutException or OperationCanceledException)
        {
            LogClosingTimedOut(_key.Value);
        }
    }

    /// <inheritdoc />
    /// <remarks>Interleaves with itself: the writer keeps the order, and nothing else here changes.</remarks>
    public async Task<Outcome<ChatMessageSent>> SendAsync(SendChatMessageRequest request)
    {
        if (_writer is null && !request.IsStatus)
            return new Refusal(ErrorCode.InternalErrror, "This server stores no conversations.");
        try
        {
            return await SendByRulesAsync(request).WaitAsync(services.Options.StoreWait, services.Clock);
        }
        catch (TimeoutException)
        {
            return new Refusal(
                ErrorCode.InternalErrror,
                "The store gave no answer in time, so the message may be stored; send it again with the same client message id.");
        }
    }

    private async Task<Outcome<ChatMessageSent>> SendByRulesAsync(SendChatMessageRequest request)
    {
        var ruling = services.Rules.Decide(_key, request);
        var refusal = ruling.Refusal ?? (request.IsOfApp ? null : await ReceiverRefusalAsync(request.Sender));
        if (!request.IsStatus)
            return await _writer!.SendAsync(ruling.Request, refusal);
        if (refusal is not null)
            return refusal;
        var (status, answer) = StatusMessages.Of(_key, ruling.Request, services.Clock.GetUtcNow(), services.Numbers.Next());
        _statuses.Tell(status);
        return answer;
    }

    private Task TellAsync(ConversationStatus status) => Task.WhenAll(
        _key.Parties.Select(user => GrainFactory.GetGrain<IUserGrain>(GrainKey.User(user)).TellStatusAsync(status)));

    /// <summary>
    /// What the receiver of a private message has against its sender; null for nothing. When that cannot be known, the
    /// message is not let through.
    /// </summary>
    private async Task<Refusal?> ReceiverRefusalAsync(UserId sender)
    {
        if (_key.Type != ConversationType.Private)
            return null;
        foreach (var receiver in _key.Parties.Where(party => party != sender))
            try
            {
                var isBlocked = await GrainFactory.GetGrain<IInboxGrain>(GrainKey.Inbox(receiver)).IsBlockedAsync(sender);
                if (!isBlocked.IsAccepted)
                    return ReceiverUnknown;
                if (isBlocked.Value)
                    return new(ErrorCode.RejectedByBlacklist);
            }
            catch (Exception failure) when (failure is not OutOfMemoryException)
            {
                LogNotAsked(_key.Value, receiver.Value, failure);
                return ReceiverUnknown;
            }

        return null;
    }

    private void OnStored(ConversationPush push)
    {
        foreach (var user in _key.Parties)
            _notifier.Tell(user, push);
    }

    private void OnFenced()
    {
        LogFenced(_key.Value);
        DeactivateOnIdle();
    }
}
