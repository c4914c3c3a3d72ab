using ImOrleans.Domain.Conversations;
using ImOrleans.Gateway.Routing;
using ImOrleans.Gateway.Sessions;
using ImOrleans.Grains.Abstractions.Inboxes;

namespace ImOrleans.Gateway.Conversations;

/// <summary>Keeps sessions in the routes of the groups that their users are in.</summary>
internal sealed class ChatGroups(RouteTable routes, RouteRegistrar registrar, TimeProvider clock)
{
    /// <summary>
    /// How long a pull waits for groups to know this gateway. One that does so later disturbs the sessions that are there by
    /// then, so nothing is missed; they pull once more.
    /// </summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    /// <summary>A session is in these groups, and in no others.</summary>
    public async Task SetAsync(Session session, UserGroups groups)
    {
        var (added, removed) = session.Inbox.SetGroups(groups);
        foreach (var group in removed)
            Remove(session, group);
        if (added.Count == 0)
            return;
        var registered = Task.WhenAll(added.Select(group => AddAsync(session, group)).ToArray());

        // It may have ended while it was added.
        if (session.IsEnded)
            Forget(session);
        try
        {
            await registered.WaitAsync(Patience, clock);
        }
        catch (TimeoutException)
        {
            // They go on by themselves.
        }
    }

    /// <summary>A session is over: it is in no groups any more.</summary>
    public void Forget(Session session)
    {
        foreach (var group in session.Inbox.End())
            Remove(session, group);
    }

    private Task<bool> AddAsync(Session session, ConversationKey group)
    {
        using var entered = routes.EnterGroup(group);
        lock (entered.Route.Gate)
            entered.Route.Add(session);
        registrar.Schedule(entered.Route);
        return registrar.EnsureAsync(entered.Route);
    }

    private void Remove(Session session, ConversationKey group)
    {
        if (routes.Find(group.Value) is not GroupRoute route)
            return;
        lock (route.Gate)
            route.Remove(session);
        registrar.Schedule(route);
    }
}
