using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Limits;
using ImOrleans.Domain.Messages;
using ImOrleans.Gateway.Routing;
using ImOrleans.Gateway.Sessions;
using ImOrleans.Grains.Abstractions.SharedData;

namespace ImOrleans.Gateway.SharedData;

/// <summary>
/// Lets sessions be told of metadata and locks: the one way in and out, for members of channels of either type and for
/// those who watch a user.
/// </summary>
internal sealed class SharedDataFeeds(RouteTable routes, RouteCaller caller, TimeProvider clock)
{
    /// <summary>
    /// A session is told of changes from now on. Its snapshot events go out first, then this returns them.
    /// </summary>
    /// <remarks>
    /// In the turn of the session's calls for this target (<see cref="CallOrder"/>). Not for what it watches already.
    /// <b>Errors:</b> <see cref="ErrorCode.StorageNotAvailable"/> or <see cref="ErrorCode.LockNotAvailable"/>;
    /// <see cref="ErrorCode.StorageSubscribeUserExceedLimitation"/>: too many channels and users are watched.
    /// </remarks>
    public async Task<Outcome<SharedDataWatched>> OpenAsync(
        CallBudget budget, Session session, ChannelType type, string name, bool metadata, bool locks)
    {
        if (session.SharedData.Count >= SharedDataLimits.TargetsPerClientMax)
            return new Refusal(ErrorCode.StorageSubscribeUserExceedLimitation, "The client watches too many channels and users.");
        using var entered = routes.EnterSharedData(type, name);
        var route = entered.Route;
        lock (route.Gate)
            route.Begin(session);
        try
        {
            return await caller.CallAsync(
                budget, route,
                update => route.Grain.WatchAsync(new(update, session.Id, session.User, metadata, locks)),
                watched => watched.Stamp,
                watched =>
                {
                    if (session.IsEnded)
                        route.Invalidate(); // The grain has to hear that it is gone.
                    else
                        route.CompleteWatch(session, watched);
                },
                metadata ? ErrorCode.StorageNotAvailable : ErrorCode.LockNotAvailable);
        }
        finally
        {
            End(route, session);
        }
    }

    /// <summary>A session is told no more. Locks that it has or waits for stay.</summary>
    /// <remarks>In the turn of the session's calls for this target.</remarks>
    public async Task<Outcome<Done>> CloseAsync(
        CallBudget budget, Session session, ChannelType type, string name, bool metadata, bool locks)
    {
        using var entered = routes.EnterSharedData(type, name);
        var route = entered.Route;
        lock (route.Gate)
        {
            if (route.Find(session) is null)
                return default(Done);
            route.Begin(session);
            route.CompleteUnwatch(session, metadata, locks);
        }

        try
        {
            return await caller.CallAsync(
                budget, route,
                update => route.Grain.UnwatchAsync(new(update, session.Id, session.User, metadata, locks)),
                _ => null, _ => { }, ErrorCode.StorageNotAvailable);
        }
        finally
        {
            End(route, session);
        }
    }

    /// <summary>A session leaves a channel in order, with the locks that it has and waits for.</summary>
    public Task LeaveAsync(Session session, ChannelType type, string name)
    {
        var joined = session.SharedData.All().FirstOrDefault(route => route.Type == type && route.Name == name);
        return joined is null ? Task.CompletedTask : LeaveAsync(session, joined, isOrderly: true);
    }

    /// <summary>A session has ended: everything here is withdrawn.</summary>
    /// <param name="session">Which.</param>
    /// <param name="isOrderly">True when its client logged out; false when its connection was lost.</param>
    public Task EndAsync(Session session, bool isOrderly) =>
        Task.WhenAll(session.SharedData.All().Select(route => LeaveAsync(session, route, isOrderly)));

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

    private async Task LeaveAsync(Session session, SharedDataRoute known, bool isOrderly)
    {
        using var entered = routes.EnterSharedData(known.Type, known.Name);
        var route = entered.Route;
        lock (route.Gate)
            if (!route.Remove(session))
                return;
        // A call that fails has marked the route: its registration tells the grain, which takes it for a lost connection.
        await caller.CallAsync(
            new CallBudget(clock), route,
            update => route.Grain.LeaveAsync(new(update, session.Id, isOrderly)), _ => null, _ => { });
    }
}
