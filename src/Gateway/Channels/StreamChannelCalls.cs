using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Domain.Messages;
using ImOrleans.Gateway.Auth.Permissions;
using ImOrleans.Gateway.Presence;
using ImOrleans.Gateway.Routing;
using ImOrleans.Gateway.Sessions;
using ImOrleans.Gateway.SharedData;
using ImOrleans.Grains.Abstractions.Rooms;

namespace ImOrleans.Gateway.Channels;

/// <summary>What sessions do with stream channels as a whole: join, leave, renew the channel's token.</summary>
internal sealed class StreamChannelCalls(
    RouteTable routes, RouteCaller caller, RouteRegistrar registrar, SharedDataFeeds feeds, TimeProvider clock)
{
    /// <summary>
    /// Joins a channel: the snapshot events go out before this returns, then the channel's state, once all was had that
    /// was asked for.
    /// </summary>
    /// <param name="session">Who joins.</param>
    /// <param name="channel">What.</param>
    /// <param name="token">The token for the channel; null when the login token serves.</param>
    /// <param name="withMetadata">Whether it is told of the channel's metadata.</param>
    /// <param name="withLocks">Whether it is told of the channel's locks.</param>
    /// <param name="wish">What it wants of the channel's presence.</param>
    /// <remarks>
    /// <b>Errors:</b> <see cref="ErrorCode.LoginNotAuthorized"/>: the login token does not let it read there, whatever
    /// the token for the channel says.
    /// </remarks>
    public Task<Outcome<JoinedChannel>> JoinAsync(
        Session session, ChannelName channel, SessionToken? token, bool withMetadata = false, bool withLocks = false,
        PresenceWish wish = default) =>
        session.Denial(AccessKind.Read, ChannelType.Stream, channel.Value) is { } denial
            ? Task.FromResult<Outcome<JoinedChannel>>(denial)
            : session.Calls.ForChannelAsync<JoinedChannel>(channel, async budget =>
            {
                var joined = await JoinInTurnAsync(
                    budget, session, channel, token, wish, withMetadata || withLocks);
                if (joined.IsAccepted && (withMetadata || withLocks))
                    joined = await OpenFeedsAsync(budget, session, joined.Value, withMetadata, withLocks);
                if (joined.IsAccepted)
                {
                    // One that goes on for a session of another gateway is in its channels as before.
                    var reason = session.Replaces is null ? ConnectionReason.JoinSuccess : ConnectionReason.RejoinSuccess;
                    session.Outbox.Post(State(channel, ConnectionState.Connected, reason, "The channel is joined."));
                    await session.Outbox.FlushedAsync();
                }

                return joined;
            });

    /// <summary>
    /// Leaves a channel, its publisher roles and its subscriptions. The channel's state goes out before this returns.
    /// </summary>
    public Task<Outcome<Done>> LeaveAsync(Session session, ChannelName channel) =>
        session.Calls.ForChannelAsync<Done>(channel, async budget =>
        {
            var left = await LeaveInTurnAsync(budget, session, channel);
            if (left.IsAccepted)
            {
                session.Outbox.Post(State(
                    channel, ConnectionState.Disconnected, ConnectionReason.LeaveChannel, "The channel was left."));
                await session.Outbox.FlushedAsync();
            }

            return left;
        });

    /// <summary>
    /// The session cannot be in a channel any more: its client is told why, behind what a join under way tells, and it
    /// leaves.
    /// </summary>
    public async Task EndAsync(Session session, ChannelName channel, ConnectionReason reason, string message)
    {
        var failed = State(channel, ConnectionState.Failed, reason, message);
        var isTold = false;
        await session.Calls.ForChannelAsync(channel, budget =>
        {
            session.Outbox.Post(failed);
            isTold = true;
            return LeaveInTurnAsync(budget, session, channel);
        });
        if (!isTold)
            session.Outbox.Post(failed); // Earlier calls took too long.
    }

    /// <summary>Replaces the token with which a channel was joined.</summary>
    public Task<Outcome<Done>> RenewTokenAsync(Session session, ChannelName channel, SessionToken token) =>
        session.Calls.ForChannelAsync(channel, budget => RenewInTurnAsync(budget, session, channel, token));

    /// <summary>Forgets everything that a session wanted in a channel, on this gateway only.</summary>
    /// <returns>
    /// The routes that it was taken out of. They stay in use, since their grains do not know yet, until they are given
    /// to <see cref="Release"/>.
    /// </returns>
    public IReadOnlyList<Route> Forget(Session session, ChannelName channel)
    {
        var room = routes.EnterRoom(channel).Route;
        LocalMember? member;
        lock (room.Gate)
            member = room.Remove(session);
        if (member is null)
        {
            routes.Exit(room);
            return [];
        }

        var forgotten = new List<Route> { room };
        foreach (var topicName in member.Published.Union(member.Subscribed))
        {
            var topic = routes.EnterTopic(channel, topicName).Route;
            lock (topic.Gate)
            {
                topic.Remove(session);

                // One that is under way still names the session, and may arrive after the word that it has left.
                if (topic.Registration is not null)
                    topic.Invalidate();
            }

            session.Limits.ForgetTopic(channel, topicName);
            forgotten.Add(topic);
        }

        return forgotten;
    }

    /// <summary>Lets go of forgotten routes; grains that were not told hear it from a registration.</summary>
    public void Release(IEnumerable<Route> forgotten, bool isTold)
    {
        foreach (var route in forgotten)
        {
            if (!isTold)
                registrar.Invalidate(route);
            routes.Exit(route);
        }
    }

    private static ConnectionEvent State(
        ChannelName channel, ConnectionState state, ConnectionReason reason, string message) =>
        new(state, reason, message) { Channel = channel };

    private async Task<Outcome<JoinedChannel>> JoinInTurnAsync(
        CallBudget budget, Session session, ChannelName channel, SessionToken? token, PresenceWish wish, bool withData)
    {
        using var user = routes.EnterUser(session.User);
        using var room = routes.EnterRoom(channel);
        var said = session.States.For(ChannelType.Stream, channel);
        lock (room.Route.Gate)
            room.Route.BeginJoin(session);
        Outcome<RoomJoined> outcome;
        try
        {
            outcome = await caller.CallAsync(
                budget, user.Route, room.Route,
                (userUpdate, roomUpdate) => user.Route.Grain.JoinChannelAsync(
                    new(userUpdate, roomUpdate, session.Id, channel, token?.ExpiresAt)
                    {
                        Presence = new(wish.WantsEvents, wish.IsQuiet, new(said, 0)) { Timeout = session.PresenceTimeout },
                        WithData = withData,
                    }),
                _ => null, joined => joined.Stamp,
                joined =>
                {
                    if (session.IsEnded)
                    {
                        // The grains have to hear that it is gone.
                        user.Route.Invalidate();
                        room.Route.Invalidate();
                        return;
                    }

                    user.Route.ConfirmChannel(session, channel, wish.IsQuiet, withData);
                    room.Route.CompleteJoin(session, token?.ExpiresAt, joined, wish);
                    session.States.Forget(ChannelType.Stream, channel);
                    if (token is not null)
                        session.WarnIfShort(channel, token.ExpiresAt, clock.GetUtcNow());
                });
        }
        finally
        {
            lock (room.Route.Gate)
                room.Route.AbandonJoin(session);
        }

        if (!outcome.IsAccepted)
            return outcome.As<JoinedChannel>();
        if (token is not null)
            session.ChannelTokens[channel] = token;
        return new JoinedChannel(channel, outcome.Value.Topics) { Presence = outcome.Value.Presence.View };
    }

    /// <summary>A join is done with all that it asked for, or not at all.</summary>
    private async Task<Outcome<JoinedChannel>> OpenFeedsAsync(
        CallBudget budget, Session session, JoinedChannel joined, bool withMetadata, bool withLocks)
    {
        var opened = await feeds.OpenAsync(
            budget, session, ChannelType.Stream, joined.Channel.Value, withMetadata, withLocks);
        if (opened.IsAccepted)
            return joined with { Data = opened.Value };
        // What it had of the channel's locks before, it has still.
        await LeaveRoomAsync(budget, session, joined.Channel);
        return opened.As<JoinedChannel>();
    }

    private async Task<Outcome<Done>> LeaveInTurnAsync(CallBudget budget, Session session, ChannelName channel)
    {
        var left = await LeaveRoomAsync(budget, session, channel);
        if (left.IsAccepted)
            await feeds.LeaveAsync(budget, session, ChannelType.Stream, channel.Value);
        return left;
    }

    private async Task<Outcome<Done>> LeaveRoomAsync(CallBudget budget, Session session, ChannelName channel)
    {
        using var user = routes.EnterUser(session.User);
        using var room = routes.EnterRoom(channel);
        var forgotten = Forget(session, channel);
        if (forgotten.Count == 0)
            return ErrorCode.ChannelNotJoined;
        session.ChannelTokens.Remove(channel);
        lock (user.Route.Gate)
            user.Route.RemoveChannel(session, channel);
        var isCalled = false;
        var outcome = await caller.CallAsync(
            budget, user.Route, room.Route,
            (userUpdate, roomUpdate) =>
            {
                isCalled = true;
                return user.Route.Grain.LeaveChannelAsync(new(userUpdate, roomUpdate, session.Id, channel));
            },
            _ => null, _ => null, _ => { });

        // Whatever the answer, the channel is left: registrations that no longer name this session tell the grains so. A
        // call that failed has marked its two routes; one that could not be made, or met a grain that knew less, has not.
        var isMarked = isCalled && outcome.Refusal?.Code != ErrorCode.ChannelNotJoined;
        if (!isMarked)
            registrar.Invalidate(user.Route);
        Release([room.Route], isMarked);
        Release(forgotten.Where(route => route != room.Route), outcome.IsAccepted);
        return new Done();
    }

    private async Task<Outcome<Done>> RenewInTurnAsync(
        CallBudget budget, Session session, ChannelName channel, SessionToken token)
    {
        if (session.ChannelTokens.TryGetValue(channel, out var known) && known.Text == token.Text)
            return new Refusal(ErrorCode.DuplicateOperation, "This token is in force already.");
        using var room = routes.EnterRoom(channel);
        var outcome = await caller.CallAsync(
            budget, room.Route,
            update => room.Route.Grain.RenewTokenAsync(new(update, session.Id, token.ExpiresAt)),
            _ => null,
            _ =>
            {
                if (room.Route.TryGetMember(session, out var member))
                    member.TokenExpiresAt = token.ExpiresAt;
                session.WarnIfShort(channel, token.ExpiresAt, clock.GetUtcNow());
            },
            ErrorCode.RenewTokenTimeout);
        if (outcome.IsAccepted)
            session.ChannelTokens[channel] = token;
        return outcome;
    }
}
