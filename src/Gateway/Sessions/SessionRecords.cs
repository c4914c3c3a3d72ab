using System.Collections.Immutable;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Domain.Messages;
using ImOrleans.Domain.Presence;
using ImOrleans.Gateway.Routing;
using ImOrleans.Grains.Abstractions.Sessions;

namespace ImOrleans.Gateway.Sessions;

/// <summary>
/// Tells the user grain what no other grain knows of a session, before its client is answered: what is answered is had
/// again when this gateway is lost.
/// </summary>
/// <remarks>
/// What comes with a channel is told with the call that enters it. Of sessions that cannot be come back to nothing is
/// told.
/// </remarks>
internal sealed class SessionRecords(RouteTable routes, RouteCaller caller)
{
    /// <summary>
    /// A session, which is in the route already, is about to have something of shared data. False when that could not be told.
    /// </summary>
    public ValueTask<bool> AddAsync(CallBudget budget, Session session, ChannelType type, string name)
    {
        var place = new SharedDataPlace(type, name);
        return session.Record is { } record && !record.Data.Contains(place)
            ? new(KeepAsync(budget, session, request => request with { Added = place }))
            : new(true);
    }

    /// <summary>A session says something for a channel where it is not yet. False when that could not be told.</summary>
    public Task<bool> SayAsync(
        CallBudget budget, Session session, ChannelType type, ChannelName channel, ImmutableArray<StateItem> items) =>
        session.Record is null
            ? Task.FromResult(true)
            : KeepAsync(budget, session, request => request with { Said = new(type, channel, items) });

    /// <summary>Drops the places where a session has nothing any more.</summary>
    public async Task PruneAsync(CallBudget budget, Session session)
    {
        if (session.Record is not { } record || record.Data.Length <= session.SharedData.Count)
            return;
        var gone = record.Data.RemoveAll(IsIn);
        await KeepAsync(budget, session, request => request with { Removed = gone });

        // It may have come back to one of them meanwhile.
        foreach (var place in gone.Where(IsIn))
            await AddAsync(budget, session, place.Type, place.Name);

        bool IsIn(SharedDataPlace place) => session.SharedData.Find(place.Type, place.Name) is not null;
    }

    private async Task<bool> KeepAsync(
        CallBudget budget, Session session, Func<KeepSessionRequest, KeepSessionRequest> change)
    {
        using var entered = routes.EnterUser(session.User);
        var route = entered.Route;
        KeepSessionRequest? told = null;
        var outcome = await caller.CallAsync(
            budget, route,
            update => route.Grain.KeepSessionAsync(told = change(new(update, session.Id))),
            _ => null,
            _ => session.Record = session.Record?.After(told!));
        return outcome.IsAccepted;
    }
}
