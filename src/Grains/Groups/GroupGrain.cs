using ImOrleans.Domain.Conversations;
using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Grains.Abstractions.Conversations;
using ImOrleans.Grains.Abstractions.Delivery;
using ImOrleans.Grains.Abstractions.Users;
using ImOrleans.Grains.Conversations;
using ImOrleans.Grains.Delivery;
using Microsoft.Extensions.Logging;

namespace ImOrleans.Grains.Groups;

/// <summary>The grain of one group or discussion.</summary>
/// <remarks>
/// All writes, of messages, members and the profile, go through one line: see <see cref="ConversationWriter"/>. So a message is
/// checked against the members as they are in its place, and a gateway hears that somebody has left behind the last message
/// which that one sees.
/// </remarks>
[GrainType("group")]
public sealed partial class GroupGrain(FanoutFactory fanouts, ConversationServices services, ILogger<GroupGrain> logger)
    : RoutedGrain(fanouts, logger), IGroupGrain
{
    /// <summary>How long the end of an activation waits for what is being stored.</summary>
    private static readonly TimeSpan ClosingWait = TimeSpan.FromSeconds(2);

    private static readonly Refusal NoStore = new(ErrorCode.InternalErrror, "This server stores no conversations.");

    private static readonly Refusal NotKnown = new(
        ErrorCode.InternalErrror,
        "The store gave no answer in time, so it may be done; do the same again, a message with the same client message id.");

    private static readonly Refusal NotAvailable =
        new(ErrorCode.InternalErrror, "The conversations cannot be read now; try again.");

    private readonly ILogger _logger = logger;
    private ConversationKey _key;
    private ConversationWriter? _writer;
    private GroupBook _book = null!;
    private NewMembers _newMembers = null!;

    private int MembersMax => services.Options.GroupMembersMax;

    /// <inheritdoc />
    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        await base.OnActivateAsync(cancellationToken);
        _key = ConversationKey.Parse(Key);
        if (!_key.Parties.IsEmpty)
            throw new InvalidOperationException($"{_key} is no group.");
        if (services.Log is not { } log)
            return;
        _book = new(_key, log, MembersMax);
        _newMembers = new(
            _key, log, user => GrainFactory.GetGrain<IUserGrain>(GrainKey.User(user)),
            (user, failure) => LogNotToldOf(_key.Value, user.Value, failure));
        _writer = new(
            _key, log, services.Clock, services.Numbers.Next, services.Options, OnStored, OnFenced, services.Note, CheckMessageAsync,
            OnOpened);
    }

    /// <inheritdoc />
    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        // Gateways are told what is still stored before they are told good-bye.
        if (_writer is not null)
            try
            {
                await _writer.CloseAsync().WaitAsync(ClosingWait, services.Clock, cancellationToken);
            }
            catch (Exception failure) when (failure is TimeoutException or OperationCanceledException)
            {
                LogClosingTimedOut(_key.Value);
            }

        await base.OnDeactivateAsync(reason, cancellationToken);
    }

    /// <inheritdoc />
    /// <remarks>Interleaves with every call: the writer keeps the order, and nothing else here changes.</remarks>
    public Task<Outcome<ChatMessageSent>> SendAsync(SendChatMessageRequest request) => WithinAsync(async writer =>
        // Before anything is written for it: any text can be the id of a group.
        await _book.ProfileAsync() is null
            ? ErrorCode.RcDiscussionGroupIdInvalid
            : await SendByRulesAsync(writer, request));

    /// <inheritdoc />
    public Task<Outcome<Done>> CreateAsync(CreateGroupRequest request)
    {
        var isBegun = false;
        return WithinAsync(writer => writer.ChangeAsync(async head =>
        {
            var profile = await _book.ProfileAsync();
            if (GroupRules.CheckCreate(profile, _key, isBegun) is { } refusal)
                return refusal;
            if (!await _book.HasRoomAsync(request.Members))
                return GroupRules.TooMany(
                    request.Creator is null ? ErrorCode.BizErrorInvalidParameter : ErrorCode.CreateDiscussion, MembersMax);
            isBegun = true;
            var next = profile is null
                ? new GroupProfile(request.Name, request.Creator, true, false)
                : profile with { Name = request.Name };
            return (next == profile || await _book.WriteProfileAsync(head, next))
                && await ChangeMembersAsync(head, new(null) { Joining = request.Members });
        }));
    }

    /// <inheritdoc />
    public Task<Outcome<Done>> ChangeAsync(ChangeGroupRequest request) => WithinAsync(async writer =>
        await _book.ProfileAsync() is null
            ? ErrorCode.RcDiscussionGroupIdInvalid
            : await writer.ChangeAsync(async head =>
            {
                var profile = await _book.ProfileAsync();
                if ((GroupRules.CheckIsThere(profile) ?? await CheckActorAsync(profile!, request)) is { } refusal)
                    return refusal;
                if (!request.Joining.IsEmpty && !await _book.HasRoomAsync(request.Joining))
                    return GroupRules.TooMany(
                        request.Actor is null ? ErrorCode.BizErrorInvalidParameter : ErrorCode.JoinInDiscussion, MembersMax);
                var next = GroupRules.Apply(profile!, request);
                return (next == profile || await _book.WriteProfileAsync(head, next))
                    && await ChangeMembersAsync(head, request);
            }));

    /// <inheritdoc />
    public Task<Outcome<Done>> DismissAsync() => WithinAsync(async writer =>
        await _book.ProfileAsync() is null
            ? ErrorCode.RcDiscussionGroupIdInvalid
            : await writer.ChangeAsync(async head =>
            {
                if (await _book.ProfileAsync() is not { } profile)
                    return ErrorCode.RcDiscussionGroupIdInvalid;
                if (!profile.IsDismissed && !await _book.WriteProfileAsync(head, profile with { IsDismissed = true }))
                    return false;
                Fanout.SendToAll(new GroupMembersLeft(Fanout.NextSequence(), []));
                return await _book.RemoveAllAsync(head);
            }));

    /// <inheritdoc />
    /// <remarks>Interleaves with every call: it only reads the store.</remarks>
    public Task<Outcome<GroupDescription>> DescribeAsync(DescribeGroupRequest request) =>
        WithinAsync<GroupDescription>(async _ =>
        {
            var log = services.Log!;
            var profile = await log.ReadProfileAsync(_key);
            if (GroupRules.CheckIsThere(profile) is { } refusal)
                return refusal;
            if (request.Actor is { } actor && await log.ReadEntryAsync(actor, _key) is not { LeftSeq: null })
                return GroupRules.NotMember(_key);
            return new GroupDescription(
                profile!, await log.ReadMembersAsync(_key, request.After, request.CountMax), await log.CountMembersAsync(_key));
        });

    /// <inheritdoc />
    public async Task<Outcome<RouteStamp>> RegisterAsync(GroupRegistration registration)
    {
        if (await AdmitAsync(registration.Route) is { } stale)
            return stale;
        var gateway = registration.Route.Gateway;
        if (registration.IsWanted)
            Fanout.Want(gateway);
        else
            Fanout.Retire(gateway.Id);
        WakeBy(null);
        return Fanout.StampFor(gateway.Id);
    }

    /// <inheritdoc />
    public Task<bool> CheckAsync(RouteCheck check) => Task.FromResult(
        Fanout.IsServing(check)
        && check.Digest == GroupRegistration.DigestOf(Fanout.Outbox(check.Gateway) is not null));

    private async Task<Outcome<ChatMessageSent>> SendByRulesAsync(ConversationWriter writer, SendChatMessageRequest request)
    {
        var ruling = services.Rules.Decide(_key, request);
        if (!request.IsStatus)
            return await writer.SendAsync(ruling.Request, ruling.Refusal);
        if ((ruling.Refusal ?? await CheckMessageAsync(request)) is { } refusal)
            return refusal;
        var (status, answer) = StatusMessages.Of(_key, ruling.Request, services.Clock.GetUtcNow(), services.Numbers.Next());
        Fanout.SendToAll(status with { Sequence = Fanout.NextSequence() });
        return answer;
    }

    private protected override Task ForgetAsync(GatewayId gateway, GatewayLoss loss)
    {
        // Its outbox is closed, and there is nothing else that is kept for it.
        LogGatewayLost(Key, gateway, loss);
        return Task.CompletedTask;
    }

    private protected override Task EndAwayAsync(IReadOnlyList<SessionId> sessions) => Task.CompletedTask;

    /// <summary>Why a message may not be stored, which is not stored yet; null when it may.</summary>
    private async ValueTask<Refusal?> CheckMessageAsync(SendChatMessageRequest request) =>
        GroupRules.CheckIsThere(await _book.ProfileAsync())
        ?? (request.IsOfApp || await _book.IsMemberAsync(request.Sender) ? null : GroupRules.NotMember(_key));

    private async Task<Refusal?> CheckActorAsync(GroupProfile profile, ChangeGroupRequest request)
    {
        if (request.Actor is not { } actor)
            return null;
        if (!await _book.IsMemberAsync(actor))
            return GroupRules.NotMember(_key);
        var isCreatorThere = profile.Creator is { } creator && await _book.IsMemberAsync(creator);
        return GroupRules.CheckMember(profile, request, actor, isCreatorThere);
    }

    private async Task<bool> ChangeMembersAsync(ConversationHead head, ChangeGroupRequest request)
    {
        if (request.Joining.IsEmpty && request.Leaving.IsEmpty)
            return true;
        if (!await _book.ChangeMembersAsync(head, request.Joining, request.Leaving))
            return false;
        if (!request.Leaving.IsEmpty)
            Fanout.SendToAll(new GroupMembersLeft(Fanout.NextSequence(), request.Leaving));
        _newMembers.Tell(request.Joining);
        return true;
    }

    private async Task<Outcome<T>> WithinAsync<T>(Func<ConversationWriter, Task<Outcome<T>>> work)
    {
        if (_writer is null)
            return NoStore;
        try
        {
            return await work(_writer).WaitAsync(services.Options.StoreWait, services.Clock);
        }
        catch (TimeoutException)
        {
            return NotKnown;
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            services.Note(failure);
            return NotAvailable;
        }
    }

    private void OnStored(ConversationPush push) => Fanout.SendToAll(push with { Sequence = Fanout.NextSequence() });

    /// <summary>
    /// Another activation may have changed the members until now, and told gateways that listened to it, not to this one.
    /// </summary>
    private void OnOpened() => Fanout.SendToAll(new GroupOpened(Fanout.NextSequence()));

    private void OnFenced()
    {
        LogFenced(_key.Value);
        DeactivateOnIdle();
    }
}
