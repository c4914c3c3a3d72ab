using System.Collections.Immutable;
using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Domain.Messages;
using ImOrleans.Domain.Presence;
using ImOrleans.Gateway.Auth.Permissions;
using ImOrleans.Gateway.Routing;
using ImOrleans.Gateway.Sessions;
using ImOrleans.Grains.Abstractions.MessageChannels;
using ImOrleans.Grains.Abstractions.Presence;
using ImOrleans.Grains.Abstractions.Rooms;
using ImOrleans.Grains.Abstractions.Users;

namespace ImOrleans.Gateway.Presence;

/// <summary>What sessions ask about who is where, and what they say of their own user.</summary>
/// <remarks>
/// <see cref="ErrorCode.LoginNotAuthorized"/> when the token does not let the session read the channel or user that it
/// asks about, or write the channel where it says something.
/// </remarks>
internal sealed class PresenceCalls(
    RouteTable routes, RouteCaller caller, SessionRecords records, IGrainFactory grains)
{
    /// <summary>Sets pairs of the user's state in a channel; of a session that is not there, they go with its coming.</summary>
    /// <returns>The whole state.</returns>
    /// <remarks>
    /// <b>Errors:</b> those of <see cref="IPresenceGrain.ChangeStateAsync"/>;
    /// <see cref="ErrorCode.PresenceCachedTooManyStates"/>: the session has states for 100 channels where it is not;
    /// <see cref="ErrorCode.PresenceOperationTimeout"/>: the outcome is unknown.
    /// </remarks>
    public Task<Outcome<ImmutableArray<StateItem>>> SetStateAsync(
        Session session, ChannelType type, ChannelName channel, ImmutableArray<StateItem> items) =>
        InTurnAsync(
            session, AccessKind.Write, type, channel, budget => ChangeAsync(budget, session, type, channel, items, []));

    /// <summary>Removes keys of the user's state in a channel; all of them when none is named.</summary>
    /// <returns>What is left.</returns>
    public Task<Outcome<ImmutableArray<StateItem>>> RemoveStateAsync(
        Session session, ChannelType type, ChannelName channel, ImmutableArray<string> keys) =>
        InTurnAsync(
            session, AccessKind.Write, type, channel,
            budget => ChangeAsync(budget, session, type, channel, null, keys));

    /// <summary>What a user says of itself in a channel.</summary>
    public Task<Outcome<PresenceState>> GetStateAsync(
        Session session, ChannelType type, ChannelName channel, UserId user) =>
        InTurnAsync(
            session, AccessKind.Read, type, channel,
            budget => AskAsync(budget, type, channel, grain => grain.GetStateAsync(user)));

    /// <summary>Who is in a channel. The session need not be there.</summary>
    public Task<Outcome<WhoNow>> WhoNowAsync(
        Session session, ChannelType type, ChannelName channel, WhoNowRequest request) =>
        session.Denial(AccessKind.Read, type, channel.Value) is { } denial
            ? Task.FromResult<Outcome<WhoNow>>(denial)
            : WhoNowAsync(session.Calls, type, channel, request);

    /// <summary>The same, for whoever has no session.</summary>
    public Task<Outcome<WhoNow>> WhoNowAsync(
        CallOrder order, ChannelType type, ChannelName channel, WhoNowRequest request) =>
        InTurnAsync(order, type, channel, budget => AskAsync(budget, type, channel, grain => grain.WhoNowAsync(request)));

    /// <summary>The channels in which a user is, but those of the server's own.</summary>
    public async Task<Outcome<WhereNow>> WhereNowAsync(Session session, UserId user)
    {
        if (session.Denial(AccessKind.Read, ChannelType.User, user.Value) is { } denial)
            return denial;
        var where = await WhereNowAsync(session.Calls, user);
        return where.IsAccepted
            ? where.Value with
            {
                MessageChannels = where.Value.MessageChannels.RemoveAll(channel => channel.IsReserved),
            }
            : where;
    }

    /// <summary>The same with those, for whoever has no session.</summary>
    public Task<Outcome<WhereNow>> WhereNowAsync(CallOrder order, UserId user) =>
        order.ForUserAsync<WhereNow>(user, async budget =>
        {
            try
            {
                return await budget.WithinAsync(grains.GetGrain<IUserGrain>(GrainKey.User(user)).WhereNowAsync());
            }
            catch (Exception failure) when (failure is not OutOfMemoryException)
            {
                return new Refusal(
                    ErrorCode.PresenceOperationTimeout, "The user's side did not answer; try again.");
            }
        });

    private static Task<Outcome<T>> InTurnAsync<T>(
        Session session, AccessKind access, ChannelType type, ChannelName channel,
        Func<CallBudget, Task<Outcome<T>>> call) =>
        session.Denial(access, type, channel.Value) is { } denial
            ? Task.FromResult<Outcome<T>>(denial)
            : InTurnAsync(session.Calls, type, channel, call);

    private static Task<Outcome<T>> InTurnAsync<T>(
        CallOrder order, ChannelType type, ChannelName channel, Func<CallBudget, Task<Outcome<T>>> call) =>
        type == ChannelType.Stream
            ? order.ForChannelAsync(channel, call)
            : order.ForMessageChannelAsync(channel, call);

    private Task<Outcome<ImmutableArray<StateItem>>> ChangeAsync(
        CallBudget budget, Session session, ChannelType type, ChannelName channel,
        ImmutableArray<StateItem>? set, ImmutableArray<string> removed) =>
        type == ChannelType.Stream
            ? ChangeAsync(budget, session, type, channel, set, removed, routes.EnterRoom(channel))
            : ChangeAsync(budget, session, type, channel, set, removed, routes.EnterMessageChannel(channel));

    private async Task<Outcome<ImmutableArray<StateItem>>> ChangeAsync<TRoute>(
        CallBudget budget, Session session, ChannelType type, ChannelName channel,
        ImmutableArray<StateItem>? set, ImmutableArray<string> removed, RouteLease<TRoute> lease)
        where TRoute : Route, IPresenceRoute
    {
        using var entered = lease;
        var route = entered.Route;
        bool isThere;
        lock (route.Gate)
            isThere = route.HasPresence(session);
        if (!isThere)
            return await SayLaterAsync(budget, session, type, channel, set, removed);
        var outcome = await caller.CallAsync(
            budget, route,
            update => route.Presence.ChangeStateAsync(new(update, session.Id, set, removed)),
            _ => null,
            state => route.KeepState(session, state),
            ErrorCode.PresenceOperationTimeout);
        return outcome.IsAccepted ? outcome.Value.Items : outcome.As<ImmutableArray<StateItem>>();
    }

    private async Task<Outcome<ImmutableArray<StateItem>>> SayLaterAsync(
        CallBudget budget, Session session, ChannelType type, ChannelName channel,
        ImmutableArray<StateItem>? set, ImmutableArray<string> removed)
    {
        var said = session.States.Change(type, channel, set, removed);
        return !said.IsAccepted || await records.SayAsync(budget, session, type, channel, said.Value)
            ? said
            : new Refusal(ErrorCode.PresenceOperationTimeout, "It may or may not be said in the channel; try again.");
    }

    private async Task<Outcome<T>> AskAsync<T>(
        CallBudget budget, ChannelType type, ChannelName channel, Func<IPresenceGrain, Task<Outcome<T>>> ask)
    {
        IPresenceGrain grain = type == ChannelType.Stream
            ? grains.GetGrain<IRoomGrain>(GrainKey.StreamChannel(channel))
            : grains.GetGrain<IMessageChannelGrain>(GrainKey.MessageChannel(channel));
        try
        {
            return await budget.WithinAsync(ask(grain));
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            return new Refusal(ErrorCode.PresenceOperationTimeout, "The channel did not answer; try again.");
        }
    }
}
