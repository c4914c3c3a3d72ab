using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Domain.Messages;
using ImOrleans.Grains.Abstractions.Delivery;
using ImOrleans.Grains.Abstractions.Sessions;
using ImOrleans.Grains.Abstractions.SharedData;
using ImOrleans.Grains.Delivery;
using ImOrleans.Grains.Gateways;
using ImOrleans.Grains.Storing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ImOrleans.Grains.SharedData;

/// <summary>The grain of what is kept for one channel or user. Its locks are in the other part.</summary>
/// <remarks>
/// Every change goes the same way: decide on what is certainly stored, write, take over, tell. While it is not certain
/// what is stored, nothing is decided and nothing told.
/// </remarks>
[GrainType("data")]
public sealed partial class SharedDataGrain(
    FanoutFactory fanouts, [PersistentState("data")] IPersistentState<SharedDataState> stored,
    IOptions<GatewayLeaseOptions> leases, ILogger<SharedDataGrain> logger)
    : RoutedGrain(fanouts, logger), ISharedDataGrain
{
    /// <summary>Between two attempts to do what a failed write left undone.</summary>
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long what was certain is shown without a look at the store. Only a silo that was taken for dead and still runs can
    /// have written meanwhile.
    /// </summary>
    private static readonly TimeSpan FreshFor = TimeSpan.FromSeconds(10);

    private readonly ILogger _logger = logger;
    private readonly LockDesk _desk = new(leases.Value.LeaseDuration * 2);
    private readonly GenerationLedger _order = new();
    private StateCell<SharedDataState> _cell = null!;
    private DateTimeOffset? _retryAt;
    private DateTimeOffset _seenAt;
    private bool _mayBeWanted;
    private long _writes;

    private SharedDataState State => _cell.Current;

    private MetadataContent Metadata => new(State.MajorRevision, State.Items);

    /// <inheritdoc />
    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        await base.OnActivateAsync(cancellationToken);
        _cell = new(stored, () => $"{Fanout.Epoch}.{++_writes}");
        // An earlier activation that still runs does not see the owners who are here: it must not end their locks.
        if (State.Locks.Any(detail => detail.Owner is not null) && !await _cell.LearnAsync())
            Postpone();
        _cell.TakeReplaced();
        _seenAt = Clock.GetUtcNow();
        _desk.Inherit(State, _seenAt);
        Rest();
    }

    /// <inheritdoc />
    public async Task<Outcome<MetadataChanged>> ChangeMetadataAsync(ChangeMetadataRequest request, SessionCall? call = null)
    {
        if (IsOvertaken(call))
            return ErrorCode.StorageOperationFailed;
        await SettleAsync();
        if (!await KnowAsync())
            return ErrorCode.StorageNotAvailable;
        var decided = Decide();
        if (decided is { IsAccepted: true, Value.Changed.IsEmpty: true })
        {
            // Nothing is written for it, so it is read whether there still is nothing to do: another activation may have
            // written what is to be removed.
            if (!await RefreshAsync())
                return ErrorCode.StorageNotAvailable;
            decided = Decide();
        }

        if (!decided.IsAccepted)
            return decided.As<MetadataChanged>();
        var (next, changed) = decided.Value;
        if (changed.IsEmpty)
            return new MetadataChanged(State.MajorRevision);
        var end = await StoreAsync(next);
        if (end != WriteEnd.Stored)
            return Failed(end, ErrorCode.StorageOperationFailed, ErrorCode.StorageOperationTimeout);
        Fanout.SendToAll(new MetadataEvent(Fanout.NextSequence(), request.Kind, next.MajorRevision, changed));
        TellReplaced();
        return new MetadataChanged(next.MajorRevision);

        Outcome<MetadataDecision> Decide() =>
            MetadataRules.Decide(State, request, Clock.GetUtcNow().ToUnixTimeMilliseconds());
    }

    /// <inheritdoc />
    public async Task<Outcome<MetadataContent>> GetMetadataAsync(SessionCall? call = null)
    {
        if (IsOvertaken(call))
            return ErrorCode.StorageNotAvailable;
        await SettleAsync();
        return await KnowAsync() ? Metadata : ErrorCode.StorageNotAvailable;
    }

    /// <inheritdoc />
    public async Task<Outcome<SharedDataWatched>> WatchAsync(WatchSharedDataRequest request)
    {
        if (await AdmitAsync(request.Route, request.Session) is { } stale)
            return stale;
        if (!await KnowAsync())
            return request.Metadata ? ErrorCode.StorageNotAvailable : ErrorCode.LockNotAvailable;
        var interest = Attach(request.Route, request.Session, request.User, request.Timeout);
        interest.WantsMetadata |= request.Metadata;
        interest.WantsLocks |= request.Locks;
        Rest();
        return new SharedDataWatched(
            Fanout.StampFor(request.Route.Gateway.Id), request.Metadata ? Metadata : null, request.Locks ? Locks : null);
    }

    /// <inheritdoc />
    public Task<bool> MarkAsync(GatewayId gateway) => Fanout.MarkAsync(gateway);

    /// <inheritdoc />
    public async Task<Outcome<Done>> UnwatchAsync(WatchSharedDataRequest request)
    {
        if (await AdmitAsync(request.Route, request.Session) is { } stale)
            return stale;
        if (_desk.Find(request.Session) is { } interest)
        {
            interest.WantsMetadata &= !request.Metadata;
            interest.WantsLocks &= !request.Locks;
            DetachIdle();
            Rest();
        }

        return default(Done);
    }

    /// <inheritdoc />
    public async Task<Outcome<Done>> LeaveAsync(LeaveSharedDataRequest request)
    {
        if (await AdmitAsync(request.Route, request.Session, CallReach.Removal) is { } stale)
            return stale;
        if (_desk.Find(request.Session) is not { } interest)
            return default(Done);
        Detach(interest);
        if (request.IsOrderly && !_desk.IsPresent(interest.User) && await KnowAsync())
            await GiveUpAsync(interest.User);
        Rest();
        return default(Done);
    }

    /// <inheritdoc />
    public Task<ContentFeed?> DescribeSessionAsync(SessionId session)
    {
        // Who has had something here, of a gateway that this activation has not heard of, has lost it with the last one.
        if (!_cell.IsKnown || !Fanout.HasHeardOf(session.Gateway))
            return Task.FromResult<ContentFeed?>(null);
        var parts = GrainKey.Split('d', Key);
        var stated = _desk.Find(session)?.ToSession();
        return Task.FromResult<ContentFeed?>(new(
            Enum.Parse<ChannelType>(parts[0]), parts[1], stated?.WantsMetadata ?? false, stated?.WantsLocks ?? false)
        {
            Holding = stated?.Holding ?? [],
            Waiting = stated?.Waiting ?? [],
        });
    }

    /// <inheritdoc />
    public async Task ForgetSessionAsync(SessionId session)
    {
        await SettleAsync();
        if (_desk.Find(session) is not { } interest)
            return;
        Detach(interest);
        Rest();
    }

    /// <inheritdoc />
    public async Task<Outcome<RouteStamp>> RegisterAsync(SharedDataRegistration registration)
    {
        if (await AdmitAsync(registration.Route) is { } refusal)
            return refusal;
        if (!await KnowAsync())
            return ErrorCode.StorageNotAvailable;
        var gateway = registration.Route.Gateway;
        var named = registration.Sessions.Select(SharedDataInterest.Of).ToArray();
        foreach (var interest in _desk.Of(gateway.Id))
            _desk.Remove(interest.Session);
        foreach (var interest in named)
        {
            interest.Reconcile(Locks);
            _desk.Add(interest);
        }

        if (named.Length == 0)
        {
            Fanout.Retire(gateway.Id);
        }
        else
        {
            Fanout.Want(gateway);
            if (registration.MetadataRevision < State.MajorRevision && named.Any(interest => interest.WantsMetadata))
                Fanout.Send(gateway.Id, new MetadataSnapshot(Fanout.NextSequence(), Metadata));
            // The gateway reconciles its own records with it, as it was done here.
            Fanout.Send(gateway.Id, new LockSnapshot(Fanout.NextSequence(), Locks));
            _mayBeWanted = true;
        }

        DetachIdle();
        Rest();
        return Fanout.StampFor(gateway.Id);
    }

    /// <inheritdoc />
    public async Task<bool> CheckAsync(RouteCheck check)
    {
        // Who watches asks for nothing: this is when it is found out that there is something to tell.
        await KnowAsync();
        var held = _desk.Of(check.Gateway).Select(interest => interest.ToSession());
        return Fanout.IsServing(check) && check.Digest == SharedDataRegistration.DigestOf(held);
    }

    private protected override DateTimeOffset? NextDue()
    {
        var due = _cell.IsKnown && !_mayBeWanted ? _desk.NextEnd : DateTimeOffset.MinValue;
        return due < _retryAt ? _retryAt : due;
    }

    private protected override async Task OnDueAsync(DateTimeOffset now)
    {
        if (_retryAt > now)
            return;
        _retryAt = null;
        if (await KnowAsync())
            await ServeWaitersAsync(now);
        Rest();
    }

    private protected override Task ForgetAsync(GatewayId gateway, GatewayLoss loss)
    {
        var lost = _desk.Of(gateway);
        LogGatewayLost(Key, gateway, loss, lost.Count);
        foreach (var interest in lost)
            if (!TryKeepAway(interest.Session, loss, interest.Timeout))
                Detach(interest);
        Rest();
        return Task.CompletedTask;
    }

    private protected override Task EndAwayAsync(IReadOnlyList<SessionId> sessions)
    {
        foreach (var interest in sessions.Select(_desk.Find).OfType<SharedDataInterest>())
            Detach(interest);
        Rest();
        return Task.CompletedTask;
    }

    /// <summary>True for a call that comes after a later one of its session.</summary>
    private bool IsOvertaken(SessionCall? call) =>
        call is not null && !_order.TryAdmit(call.Session.Gateway, call.Session, call.Number, CallReach.Session);

    private SharedDataInterest Attach(RouteUpdate route, SessionId session, UserId user, TimeSpan? timeout)
    {
        var interest = _desk.Find(session);
        if (interest is null)
            _desk.Add(interest = new(session, user));
        interest.Timeout = timeout;
        Fanout.Want(route.Gateway);
        return interest;
    }

    private void Detach(SharedDataInterest interest)
    {
        if (!_desk.Remove(interest.Session))
            return;
        Fanout.NoteRemoval(interest.Session);
        if (!_desk.HasAny(interest.Session.Gateway))
            Fanout.Retire(interest.Session.Gateway);
    }

    /// <summary>Who wants nothing any more goes; its gateway knows it as well.</summary>
    private void DetachIdle()
    {
        foreach (var interest in _desk.Sessions.Where(interest => interest.IsIdle).ToArray())
            Detach(interest);
    }

    /// <summary>What every turn ends with: the times of the locks follow who is there.</summary>
    private void Rest()
    {
        _desk.Watch(State, Clock.GetUtcNow());
        WakeBy(NextDue());
    }

    /// <summary>True when it is certain what is stored, or was not long ago; finds out if need be.</summary>
    private async ValueTask<bool> KnowAsync()
    {
        if (_cell.IsKnown)
        {
            // What cannot be read just now is shown as it was.
            if (_seenAt + FreshFor <= Clock.GetUtcNow())
                await RefreshAsync();
            return true;
        }

        if (await _cell.LearnAsync())
        {
            _seenAt = Clock.GetUtcNow();
            LogKnown(Key);
            TellReplaced();
            return true;
        }

        Postpone();
        return false;
    }

    /// <summary>Looks at the store; false when that is not possible now.</summary>
    private async Task<bool> RefreshAsync()
    {
        _seenAt = Clock.GetUtcNow();
        var isFresh = await _cell.RefreshAsync();
        TellReplaced();
        return isFresh;
    }

    private async Task<WriteEnd> StoreAsync(SharedDataState next)
    {
        var end = await _cell.WriteAsync(next);
        _seenAt = Clock.GetUtcNow();
        if (end == WriteEnd.Stored)
            return end;
        LogWriteFailed(Key, end, _cell.Failure);
        Postpone();
        TellReplaced();
        return end;
    }

    /// <summary>
    /// What is stored is not what was shown last: another activation has written, or a write that was given up has come
    /// through. Everybody gets a snapshot, after what was told of this activation's own write before it.
    /// </summary>
    private void TellReplaced()
    {
        if (!_cell.TakeReplaced())
            return;
        foreach (var interest in _desk.Sessions)
            interest.Reconcile(Locks);
        Fanout.SendToAll(new MetadataSnapshot(Fanout.NextSequence(), Metadata));
        Fanout.SendToAll(new LockSnapshot(Fanout.NextSequence(), Locks));
        DetachIdle();
        _mayBeWanted = true;
        _desk.Inherit(State, Clock.GetUtcNow());

        // The directory knows who is the one by now.
        DeactivateOnIdle();
    }

    private void Postpone()
    {
        _retryAt = Clock.GetUtcNow() + RetryPause;
        WakeBy(_retryAt);
    }

    private static Refusal Failed(WriteEnd end, ErrorCode notDone, ErrorCode unknown) => end == WriteEnd.NotStored
        ? new(notDone, "The change was not stored; try again.")
        : new(unknown, "The change may or may not have been stored.");
}
