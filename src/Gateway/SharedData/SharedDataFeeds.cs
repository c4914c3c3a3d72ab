using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Messages;
using ImOrleans.Gateway.Routing;
using ImOrleans.Gateway.Sessions;
using ImOrleans.Grains.Abstractions.Delivery;
using ImOrleans.Grains.Abstractions.SharedData;

namespace ImOrleans.Gateway.SharedData;

/// <summary>
/// Lets sessions be told of metadata and locks: the one way in and out, for members of channels of either type and for
/// those who watch a user.
/// </summary>
internal sealed class SharedDataFeeds(
    RouteTable routes, RouteCaller caller, RouteRegistrar registrar, SessionRecords records)
{
    /// <summary>
    /// A session is told of changes from now on. Its snapshot events go out first, then this returns them.
    /// </summary>
    /// <remarks>
    /// In the turn of the session's calls for this target (<see cref="CallOrder"/>). What it watches already begins anew: a
    /// change that came before the snapshot and is newer is told again after it. When this fails, all is as it was.
    /// <b>Errors:</b> <see cref="ErrorCode.StorageNotAvailable"/> or <see cref="ErrorCode.LockNotAvailable"/>;
    /// <see cref="ErrorCode.StorageSubscribeUserExceedLimitation"/>: too many channels and users are watched.
    /// </remarks>
    public async Task<Outcome<SharedDataWatched>> OpenAsync(
        CallBudget budget, Session session, ChannelType type, string name, bool metadata, bool locks)
    {
        if (!session.SharedData.HasRoomFor(type, name))
            return new Refusal(ErrorCode.StorageSubscribeUserExceedLimitation, "The client watches too many channels and users.");
        using var entered = routes.EnterSharedData(type, name);
        var route = entered.Route;
        lock (route.Gate)
            route.Begin(session);
        try
        {
            // A subscription to a message channel follows, and tells it.
            var unavailable = metadata ? ErrorCode.StorageNotAvailable : ErrorCode.LockNotAvailable;
            if (type != ChannelType.Message && !await records.AddAsync(budget, session, type, name))
                return unavailable;
            return await caller.CallAsync(
                budget, route,
                update => route.Grain.WatchAsync(
                    new(update, session.Id, session.User, metadata, locks) { Timeout = session.LockTimeout }),
                watched => watched.Stamp,
                watched =>
                {
                    if (session.IsEnded)
                        route.Invalidate(); // The grain has to hear that it is gone.
                    else
                        route.CompleteWatch(session, watched);
                },
                unavailable);
        }
        finally
        {
            End(route, session);
        }
    }

    /// <summary>What a session is told of, in the turn of its calls for this target.</summary>
    public static (bool Metadata, bool Locks) Watched(Session session, ChannelType type, string name)
    {
        if (session.SharedData.Find(type, name) is not { } route)
            return default;
        lock (route.Gate)
            return route.Find(session) is { } interest ? (interest.WantsMetadata, interest.WantsLocks) : default;
    }

    /// <summary>A session is told no more. Locks that it has or waits for stay.</summary>
    /// <remarks>In the turn of the session's calls for this target.</remarks>
    public async Task CloseAsync(
        CallBudget budget, Session session, ChannelType type, string name, bool metadata, bool locks)
    {
        using var entered = routes.EnterSharedData(type, name);
        var route = entered.Route;
        lock (route.Gate)
        {
            if (route.Find(session) is not { } interest)
                return;
            if (!(metadata && interest.WantsMetadata) && !(locks && interest.WantsLocks))
                return;
            route.Begin(session);
            route.CompleteUnwatch(session, metadata, locks);
        }

        try
        {
            await SurelyAsync(
                budget, route,
                update => route.Grain.UnwatchAsync(new(update, session.Id, session.User, metadata, locks)));
        }
        finally
        {
            End(route, session);
        }
    }

    /// <summary>A session leaves a channel in order, with the locks that it has and waits for.</summary>
    public Task LeaveAsync(CallBudget budget, Session session, ChannelType type, string name)
    {
        var known = session.SharedData.Find(type, name);
        return known is null ? Task.CompletedTask : LeaveAsync(budget, session, known, isOrderly: true);
    }

    /// <summary>A session has ended: everything here is withdrawn.</summary>
    /// <param name="budget">The time that this has.</param>
    /// <param name="session">Which.</param>
    /// <param name="isOrderly">True when its client logged out; false when its connection was lost.</param>
    public Task EndAsync(CallBudget budget, Session session, bool isOrderly) =>
        Task.WhenAll(session.SharedData.All().Select(route => LeaveAsync(budget, session, route, isOrderly)));

    /// <summary>Ends what <see cref="SharedDataRoute.Begin"/> began, whatever came of the call.</summary>
    internal static void End(SharedDataRoute route, Session session)
    {
        lock (route.Gate)
        {
            route.End(session);
            if (session.IsEnded && route.Remove(session))
                route.Invalidate();
        }

        route.RunFanOuts();
    }

    private async Task LeaveAsync(CallBudget budget, Session session, SharedDataRoute known, bool isOrderly)
    {
        using var entered = routes.EnterSharedData(known.Type, known.Name);
        var route = entered.Route;
        lock (route.Gate)
            if (!route.Remove(session))
                return;
        // When only a registration can tell the grain, it takes it for a lost connection.
        await SurelyAsync(budget, route, update => route.Grain.LeaveAsync(new(update, session.Id, isOrderly)));
    }

    /// <summary>Tells the grain that something is withdrawn, now or with the next registration.</summary>
    private async Task SurelyAsync(
        CallBudget budget, SharedDataRoute route, Func<RouteUpdate, Task<Outcome<Done>>> withdraw)
    {
        var isCalled = false;
        var outcome = await caller.CallAsync(
            budget, route,
            update =>
            {
                isCalled = true;
                return withdraw(update);
            },
            _ => null, _ => { });

        // A call that failed has marked the route; one that could not even be made has not.
        if (!isCalled || !outcome.IsAccepted)
            registrar.Invalidate(route);
    }
}
