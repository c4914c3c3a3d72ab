using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Domain.Limits;
using ImOrleans.Domain.Locks;
using ImOrleans.Grains.Abstractions.SharedData;
using ImOrleans.Grains.Storing;

namespace ImOrleans.Grains.SharedData;

public sealed partial class SharedDataGrain
{
    private LockContent Locks => new(State.LockRevision, State.Locks);

    /// <inheritdoc />
    public Task<Outcome<LockContent>> SetLockAsync(SetLockRequest request, SessionCall? call = null) =>
        ChangeLocksAsync(call, () => LockRules.Set(State, request.Name, request.TtlSeconds));

    /// <inheritdoc />
    public Task<Outcome<LockContent>> RemoveLockAsync(LockName name, SessionCall? call = null) =>
        ChangeLocksAsync(call, () => LockRules.Remove(State, name));

    /// <inheritdoc />
    public async Task<Outcome<LockContent>> GetLocksAsync(SessionCall? call = null)
    {
        if (IsOvertaken(call))
            return ErrorCode.LockNotAvailable;
        await SettleAsync();
        return await KnowAsync() ? Locks : ErrorCode.LockNotAvailable;
    }

    /// <inheritdoc />
    public async Task<Outcome<LockAnswer>> AcquireLockAsync(AcquireLockRequest request)
    {
        if (await AdmitAsync(request.Route, request.Session) is { } stale)
            return stale;
        if (IsOvertaken(new(request.Session, request.Route.Generation)))
            return Fanout.Stale;
        if (!await KnowAsync())
            return ErrorCode.LockNotAvailable;
        // Nothing is written for a user that has the lock already, so it is read whether that is still so: another activation
        // may have given it to somebody else.
        if (LockRules.Find(State, request.Name) is { } mine && mine.Owner == request.User && !await RefreshAsync())
            return ErrorCode.LockNotAvailable;
        if (LockRules.Find(State, request.Name) is not { } detail)
            return LockRules.NotThere(request.Name);
        if (detail.Owner == request.User)
            return Hold(request, detail.FencingToken);
        if (_desk.Find(request.Session)?.TicketFor(request.Name) is not null)
            return new Refusal(ErrorCode.LockOperationPerforming, $"The session waits for '{request.Name}' already.");
        if (detail.Owner is not null)
            return request.Retry
                ? Await(request)
                : new Refusal(ErrorCode.LockAcquireFailed, $"{detail.Owner} has the lock '{request.Name}'.");
        var decision = LockRules.Grant(State, detail, request.User);
        var end = await StoreAsync(decision.Next);
        if (end != WriteEnd.Stored)
            return Failed(end, ErrorCode.LockOperationFailed, ErrorCode.LockOperationTimeout);
        Attach(request.Route, request.Session, request.User, request.Timeout).Hold(request.Name, decision.Next.LastFencingToken);
        Tell(decision);
        return new LockAnswer(
            Fanout.StampFor(request.Route.Gateway.Id), decision.Next.LastFencingToken, 0, decision.Next.LockRevision);
    }

    /// <inheritdoc />
    public async Task<Outcome<LockAnswer>> ForgoLockAsync(ForgoLockRequest request)
    {
        if (await AdmitAsync(request.Route, request.Session) is { } stale)
            return stale;
        if (IsOvertaken(new(request.Session, request.Route.Generation)))
            return Fanout.Stale;
        var token = 0L;
        if (_desk.Find(request.Session) is { } interest)
        {
            interest.Forgo(request.Name);
            token = interest.TokenOf(request.Name);
            DetachIdle();
            Rest();
        }

        return new LockAnswer(Fanout.StampFor(request.Route.Gateway.Id), token, 0, State.LockRevision);
    }

    /// <inheritdoc />
    public async Task<Outcome<Done>> ReleaseLockAsync(LockName name, UserId owner, SessionCall? call = null)
    {
        var released = await ChangeLocksAsync(call, () =>
        {
            var owned = LockRules.CheckRelease(State, name, owner);
            return owned.IsAccepted
                ? LockRules.Free(State, owned.Value, LockChangeKind.Released, _desk.NextOf(name))
                : owned.As<LockDecision>();
        });
        return released.WithoutValue();
    }

    private LockAnswer Hold(AcquireLockRequest request, long token)
    {
        Attach(request.Route, request.Session, request.User, request.Timeout).Hold(request.Name, token);
        Rest();
        return new(Fanout.StampFor(request.Route.Gateway.Id), token, 0, State.LockRevision);
    }

    private Outcome<LockAnswer> Await(AcquireLockRequest request)
    {
        var hasPlace = _desk.HasPlace(request.User, request.Name, request.Ticket);
        if (!hasPlace && _desk.WaitersOf(request.Name) >= SharedDataLimits.LockWaitersMax)
            return new Refusal(ErrorCode.LockAcquireFailed, $"Too many wait for '{request.Name}' already.");
        var ticket = hasPlace ? request.Ticket : _desk.NextTicket(Clock.GetUtcNow());
        Attach(request.Route, request.Session, request.User, request.Timeout).Await(request.Name, ticket);
        Rest();
        return new LockAnswer(Fanout.StampFor(request.Route.Gateway.Id), 0, ticket, State.LockRevision);
    }

    private async Task<Outcome<LockContent>> ChangeLocksAsync(SessionCall? call, Func<Outcome<LockDecision>> decide)
    {
        if (IsOvertaken(call))
            return ErrorCode.LockOperationFailed;
        await SettleAsync();
        if (!await KnowAsync())
            return ErrorCode.LockNotAvailable;
        var decided = decide();
        if (!decided.IsAccepted)
            return decided.As<LockContent>();
        var end = await StoreAsync(decided.Value.Next);
        if (end != WriteEnd.Stored)
            return Failed(end, ErrorCode.LockOperationFailed, ErrorCode.LockOperationTimeout);
        Tell(decided.Value);
        return Locks;
    }

    /// <summary>The last session of a user has left in order: nobody has to wait for the user's locks.</summary>
    private async Task GiveUpAsync(UserId user)
    {
        foreach (var owned in State.Locks.Where(detail => detail.Owner == user))
            if (!await TryStoreAsync(
                owned, () => LockRules.Free(State, owned, LockChangeKind.Released, _desk.NextOf(owned.Name))))
                return; // The time to live does it.
    }

    /// <summary>Ends the locks whose owner was away for too long, and gives away those that are free.</summary>
    private async Task ServeWaitersAsync(DateTimeOffset now)
    {
        _mayBeWanted = false;
        foreach (var ended in _desk.Ended(State, now))
            if (!await TryStoreAsync(ended, () => LockRules.Free(State, ended, LockChangeKind.Expired, _desk.NextOf(ended.Name))))
                return;
        foreach (var free in _desk.Wanted(State))
            if (_desk.NextOf(free.Name) is { } user && !await TryStoreAsync(free, () => LockRules.Grant(State, free, user)))
                return;
    }

    /// <summary>Stores and tells what nobody waits for; false when that has to be tried again.</summary>
    private async Task<bool> TryStoreAsync(LockDetail was, Func<LockDecision> decide)
    {
        if (!State.Locks.Contains(was))
            return true; // Another activation has written meanwhile.
        var decision = decide();
        if (await StoreAsync(decision.Next) == WriteEnd.Stored)
        {
            Tell(decision);
            return true;
        }

        _mayBeWanted = true;
        return false;
    }

    /// <summary>Tells what is stored now: the one place from which events about locks come.</summary>
    private void Tell(LockDecision decision)
    {
        var revision = decision.Next.LockRevision - decision.Changes.Length;
        foreach (var change in decision.Changes)
        {
            _desk.Forget(change.Lock.Name);
            Fanout.SendToAll(new LockEvent(Fanout.NextSequence(), change, ++revision));
            foreach (var interest in _desk.Sessions)
                interest.Apply(change);
        }

        TellReplaced();
        DetachIdle();
        Rest();
    }
}
