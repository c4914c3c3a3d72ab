using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Domain.Limits;
using ImOrleans.Domain.Messages;
using ImOrleans.Gateway.Routing;
using ImOrleans.Gateway.Sessions;
using ImOrleans.Grains.Abstractions.SharedData;

namespace ImOrleans.Gateway.SharedData;

/// <summary>What sessions do with the locks of channels.</summary>
/// <remarks>
/// Only an acquisition changes what the gateway has of the grain, and is repeated when it certainly had no lasting
/// effect. The others are sent once; when their outcome is unknown, the caller is told so.
/// </remarks>
internal sealed class LockCalls(IGrainFactory grains, RouteTable routes, RouteCaller caller)
{
    /// <summary>Makes a lock; all locks after it.</summary>
    public Task<Outcome<LockContent>> SetAsync(
        Session session, ChannelType type, ChannelName channel, LockName name, long ttlSeconds) =>
        OnceAsync(session, type, channel, grain => grain.SetLockAsync(new(name, ttlSeconds)));

    /// <summary>Takes a lock away; all locks after it.</summary>
    public Task<Outcome<LockContent>> RemoveAsync(Session session, ChannelType type, ChannelName channel, LockName name) =>
        OnceAsync(session, type, channel, grain => grain.RemoveLockAsync(name));

    /// <summary>All locks.</summary>
    public Task<Outcome<LockContent>> GetAsync(Session session, ChannelType type, ChannelName channel) =>
        OnceAsync(session, type, channel, grain => grain.GetLocksAsync(), ErrorCode.LockNotAvailable);

    /// <summary>Gives back the lock of the session's user, or takes it from <paramref name="owner"/>.</summary>
    public Task<Outcome<Done>> ReleaseAsync(
        Session session, ChannelType type, ChannelName channel, LockName name, UserId owner) =>
        OnceAsync(session, type, channel, grain => grain.ReleaseLockAsync(name, owner));

    /// <summary>Acquires a lock for the session's user, or lets the session wait for it: then an event follows.</summary>
    /// <remarks>The event may come before the answer that announces it.</remarks>
    public Task<Outcome<LockAnswer>> AcquireAsync(
        Session session, ChannelType type, ChannelName channel, LockName name, bool retry) =>
        session.Calls.ForSharedDataAsync<LockAnswer>(type, channel.Value, ErrorCode.LockNotAvailable, async budget =>
        {
            if (session.SharedData.Count >= SharedDataLimits.TargetsPerClientMax)
                return new Refusal(ErrorCode.LockAcquireFailed, "The client has locks of too many channels.");
            using var entered = routes.EnterSharedData(type, channel.Value);
            var route = entered.Route;
            lock (route.Gate)
                route.Begin(session);
            try
            {
                return await caller.CallAsync(
                    budget, route,
                    update => route.Grain.AcquireLockAsync(new(update, session.Id, session.User, name, retry)),
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

    private Task<Outcome<T>> OnceAsync<T>(
        Session session, ChannelType type, ChannelName channel, Func<ISharedDataGrain, Task<Outcome<T>>> call,
        ErrorCode unknown = ErrorCode.LockOperationTimeout) =>
        session.Calls.ForSharedDataAsync<T>(type, channel.Value, ErrorCode.LockNotAvailable, async budget =>
        {
            try
            {
                return await budget.WithinAsync(call(grains.GetGrain<ISharedDataGrain>(GrainKey.SharedData(type, channel.Value))));
            }
            catch (Exception failure) when (failure is not OutOfMemoryException)
            {
                return unknown;
            }
        });
}
