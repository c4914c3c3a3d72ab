using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Domain.Locks;
using ImOrleans.Domain.Messages;
using ImOrleans.Gateway.Auth.Permissions;
using ImOrleans.Gateway.Routing;
using ImOrleans.Gateway.Sessions;
using ImOrleans.Grains.Abstractions.SharedData;

namespace ImOrleans.Gateway.SharedData;

/// <summary>What sessions do with the locks of channels.</summary>
/// <remarks>
/// Only an acquisition changes what the gateway has of the grain, and is repeated when it certainly had no lasting
/// effect. The others are sent once; when their outcome is unknown, the caller is told so.
/// <see cref="ErrorCode.LoginNotAuthorized"/> when the token does not let the session read the channel, to see its
/// locks, or write it, to do anything else with them but give back one's own.
/// </remarks>
internal sealed class LockCalls(
    IGrainFactory grains, RouteTable routes, RouteCaller caller, RouteRegistrar registrar, SessionRecords records,
    TimeProvider clock)
{
    /// <summary>How long a request waits for a lock: there has to be time to give up, and to answer (feature row R12).</summary>
    private static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(4);

    private static readonly TimeSpan AnswerMax = TimeSpan.FromSeconds(4.5);

    /// <summary>Makes a lock; all locks after it.</summary>
    public Task<Outcome<LockContent>> SetAsync(
        Session session, ChannelType type, ChannelName channel, LockName name, long ttlSeconds) =>
        OnceAsync(
            session, AccessKind.Write, type, channel,
            (grain, call) => grain.SetLockAsync(new(name, ttlSeconds), call));

    /// <summary>Takes a lock away; all locks after it.</summary>
    public Task<Outcome<LockContent>> RemoveAsync(Session session, ChannelType type, ChannelName channel, LockName name) =>
        OnceAsync(session, AccessKind.Write, type, channel, (grain, call) => grain.RemoveLockAsync(name, call));

    /// <summary>All locks.</summary>
    public Task<Outcome<LockContent>> GetAsync(Session session, ChannelType type, ChannelName channel) =>
        OnceAsync(
            session, AccessKind.Read, type, channel, (grain, call) => grain.GetLocksAsync(call),
            ErrorCode.LockNotAvailable);

    /// <summary>Gives back the lock of the session's user, or takes it from <paramref name="owner"/>.</summary>
    public Task<Outcome<Done>> ReleaseAsync(
        Session session, ChannelType type, ChannelName channel, LockName name, UserId owner) =>
        OnceAsync(
            session, owner == session.User ? null : AccessKind.Write, type, channel,
            (grain, call) => grain.ReleaseLockAsync(name, owner, call));

    /// <summary>Acquires a lock for the session's user, or lets the session wait for it: then an event follows.</summary>
    /// <remarks>The event may come before the answer that announces it.</remarks>
    /// <param name="session">Who.</param>
    /// <param name="type">The type of the channel.</param>
    /// <param name="channel">The channel.</param>
    /// <param name="name">The lock.</param>
    /// <param name="retry">Whether to wait when another has it.</param>
    /// <param name="ticket">The place in the queue that another session of the user has; zero: behind all others.</param>
    public Task<Outcome<LockAnswer>> AcquireAsync(
        Session session, ChannelType type, ChannelName channel, LockName name, bool retry, long ticket = 0) =>
        InTurnAsync<LockAnswer>(session, AccessKind.Write, type, channel, async budget =>
        {
            if (!session.SharedData.HasRoomFor(type, channel.Value))
                return new Refusal(ErrorCode.LockAcquireFailed, "The client has locks of too many channels.");
            using var entered = routes.EnterSharedData(type, channel.Value);
            var route = entered.Route;
            lock (route.Gate)
                route.Begin(session);
            try
            {
                if (!await records.AddAsync(budget, session, type, channel.Value))
                    return ErrorCode.LockNotAvailable;
                return await caller.CallAsync(
                    budget, route,
                    update => route.Grain.AcquireLockAsync(new(update, session.Id, session.User, name, retry)
                    {
                        Ticket = ticket,
                        Timeout = session.LockTimeout,
                    }),
                    answer => answer.Stamp,
                    answer =>
                    {
                        if (session.IsEnded)
                            route.Invalidate(); // The grain has to hear that it is gone.
                        else
                            route.CompleteAcquire(session, name, answer);
                    },
                    ErrorCode.LockOperationTimeout);
            }
            finally
            {
                SharedDataFeeds.End(route, session);
            }
        });

    /// <summary>Acquires a lock, waiting in its queue for as long as a request can; the fencing token.</summary>
    /// <remarks>
    /// For clients that know no event by which they get it later. <b>Errors:</b> those of
    /// <see cref="AcquireAsync"/>; <see cref="ErrorCode.LockOperationTimeout"/>: it did not become free, and the session
    /// waits no more; <see cref="ErrorCode.LockNotExist"/>: it was removed meanwhile.
    /// </remarks>
    public async Task<Outcome<long>> AcquireInTimeAsync(
        Session session, ChannelType type, ChannelName channel, LockName name)
    {
        var startedAt = clock.GetTimestamp();
        var acquired = await AcquireAsync(session, type, channel, name, retry: true);
        if (!acquired.IsAccepted)
            return acquired.As<long>();
        if (acquired.Value.FencingToken > 0)
            return acquired.Value.FencingToken;
        if (WhenDecided(session, type, channel, name) is not { } decided)
            return TokenOf(session, type, channel, name);
        try
        {
            return await decided.WaitAsync(Left(WaitMax), clock) switch
            {
                { Kind: LockChangeKind.Acquired } granted => granted.Lock.FencingToken,
                null => ErrorCode.LockAcquireFailed,
                _ => ErrorCode.LockNotExist,
            };
        }
        catch (TimeoutException)
        {
            // Nobody would use a lock that came now.
        }

        try
        {
            return await ForgoAsync(session, type, channel, name).WaitAsync(Left(AnswerMax), clock);
        }
        catch (TimeoutException)
        {
            return ErrorCode.LockOperationTimeout;
        }

        TimeSpan Left(TimeSpan max)
        {
            var left = max - clock.GetElapsedTime(startedAt);
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    private Task<LockChange?>? WhenDecided(Session session, ChannelType type, ChannelName channel, LockName name)
    {
        using var entered = routes.EnterSharedData(type, channel.Value);
        lock (entered.Route.Gate)
            return entered.Route.WhenDecided(session, name);
    }

    /// <summary>What has come of a waiting that is over.</summary>
    private Outcome<long> TokenOf(Session session, ChannelType type, ChannelName channel, LockName name)
    {
        using var entered = routes.EnterSharedData(type, channel.Value);
        lock (entered.Route.Gate)
            return entered.Route.Find(session)?.TokenOf(name) is { } token and > 0 ? token : ErrorCode.LockNotExist;
    }

    /// <summary>Gives up waiting; the fencing token when the lock came just before.</summary>
    private Task<Outcome<long>> ForgoAsync(Session session, ChannelType type, ChannelName channel, LockName name) =>
        session.Calls.ForSharedDataAsync<long>(type, channel.Value, ErrorCode.LockOperationTimeout, async budget =>
        {
            using var entered = routes.EnterSharedData(type, channel.Value);
            var route = entered.Route;
            lock (route.Gate)
                route.Begin(session);
            try
            {
                var outcome = await caller.CallAsync(
                    budget, route, update => route.Grain.ForgoLockAsync(new(update, session.Id, name)),
                    answer => answer.Stamp, answer => route.CompleteForgo(session, name, answer),
                    ErrorCode.LockOperationTimeout);
                if (outcome.IsAccepted)
                    return outcome.Value.FencingToken > 0 ? outcome.Value.FencingToken : ErrorCode.LockOperationTimeout;
                // The next registration does not name it.
                lock (route.Gate)
                    route.Find(session)?.Forgo(name);
                registrar.Invalidate(route);
                return ErrorCode.LockOperationTimeout;
            }
            finally
            {
                SharedDataFeeds.End(route, session);
            }
        });

    /// <summary>Begins a call when the token lets the session do this there; null: nothing is needed.</summary>
    private static Task<Outcome<T>> InTurnAsync<T>(
        Session session, AccessKind? access, ChannelType type, ChannelName channel,
        Func<CallBudget, Task<Outcome<T>>> call) =>
        access is { } needed && session.Denial(needed, type, channel.Value) is { } denial
            ? Task.FromResult<Outcome<T>>(denial)
            : session.Calls.ForSharedDataAsync(type, channel.Value, ErrorCode.LockNotAvailable, call);

    private Task<Outcome<T>> OnceAsync<T>(
        Session session, AccessKind? access, ChannelType type, ChannelName channel,
        Func<ISharedDataGrain, SessionCall, Task<Outcome<T>>> call,
        ErrorCode unknown = ErrorCode.LockOperationTimeout) =>
        InTurnAsync<T>(session, access, type, channel, async budget =>
        {
            try
            {
                var grain = grains.GetGrain<ISharedDataGrain>(GrainKey.SharedData(type, channel.Value));
                return await budget.WithinAsync(call(grain, new(session.Id, registrar.NextNumber())));
            }
            catch (Exception failure) when (failure is not OutOfMemoryException)
            {
                return unknown;
            }
        });
}
