using System.Collections.Immutable;
using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Domain.Messages;
using ImOrleans.Gateway.Auth.Permissions;
using ImOrleans.Gateway.Presence;
using ImOrleans.Gateway.Routing;
using ImOrleans.Gateway.Sessions;
using ImOrleans.Gateway.SharedData;
using ImOrleans.Grains.Abstractions.MessageChannels;
using ImOrleans.Grains.Abstractions.SharedData;

namespace ImOrleans.Gateway.Channels;

/// <summary>What sessions do with message channels: subscribe, unsubscribe, publish.</summary>
internal sealed class MessageChannelCalls(
    RouteTable routes, RouteCaller caller, RouteRegistrar registrar, SharedDataFeeds data, IGrainFactory grains)
{
    /// <summary>A publish to an activation that is gone, to the next one, and one more.</summary>
    private const int PublishAttemptsMax = 3;

    private readonly ChannelEpochs _epochs = new();

    /// <summary>
    /// Subscribes, or changes what the session hears of. Every feed begins anew: its snapshot event goes out before this
    /// returns. When this fails, all is as it was.
    /// </summary>
    /// <remarks><b>Errors:</b> <see cref="ErrorCode.LoginNotAuthorized"/>: its token lets it read elsewhere.</remarks>
    /// <param name="session">Who.</param>
    /// <param name="channel">To what.</param>
    /// <param name="feeds">What it wants to hear of; none at all means the default.</param>
    /// <param name="since">After which message it wants to go on; null: from now on.</param>
    /// <param name="wish">What it wants of the channel's presence; whether it is to be told, its feeds say.</param>
    public Task<Outcome<SubscribedChannel>> SubscribeAsync(
        Session session, ChannelName channel, ChannelFeeds feeds, MessagePosition? since, PresenceWish wish = default)
    {
        if (session.Denial(AccessKind.Read, ChannelType.Message, channel.Value) is { } denial)
            return Task.FromResult<Outcome<SubscribedChannel>>(denial);
        if (feeds == ChannelFeeds.None)
            feeds = ChannelFeeds.Default;
        var wants = feeds.HasFlag(ChannelFeeds.Presence);
        wish = wish with { WantsEvents = wants, IsDeclined = wish.IsDeclined && !wants };
        return session.Calls.ForMessageChannelAsync(channel, async budget =>
        {
            var outcome = await SubscribeWithDataAsync(budget, session, channel, feeds, since, wish);
            if (outcome.IsAccepted)
                await session.Outbox.FlushedAsync();
            return outcome;
        });
    }

    /// <summary>
    /// Ends a subscription with all its feeds, and gives up the session's locks, as leaving a stream channel does. Whoever
    /// was subscribed is not any more, whatever fails.
    /// </summary>
    public Task<Outcome<Done>> UnsubscribeAsync(Session session, ChannelName channel) =>
        session.Calls.ForMessageChannelAsync(channel, budget => UnsubscribeInTurnAsync(budget, session, channel));

    /// <summary>Publishes a message; no subscription is needed.</summary>
    /// <param name="session">Who.</param>
    /// <param name="channel">Where.</param>
    /// <param name="payload">What.</param>
    /// <param name="idempotencyKey">Makes it safe to repeat; null: nothing does.</param>
    /// <param name="isKept">Whether it is to be kept: then the answer waits for the store.</param>
    /// <param name="level">How urgent it is.</param>
    /// <remarks>
    /// <b>Errors:</b> <see cref="ErrorCode.ChannelPublishMessageTimeout"/>: the outcome is unknown. It is never repeated
    /// here, with a key neither: the next activation would not know the key.
    /// <see cref="ErrorCode.ChannelNotAvailable"/>: nothing was published.
    /// <see cref="ErrorCode.LoginNotAuthorized"/>: the token does not let the session write there. Those of the
    /// history: see <see cref="IMessageChannelGrain.PublishStoredAsync"/>.
    /// </remarks>
    public Task<Outcome<MessagePublished>> PublishAsync(
        Session session, ChannelName channel, Payload payload, string? idempotencyKey, bool isKept = false,
        MessageLevel level = MessageLevel.Normal) =>
        session.Denial(AccessKind.Write, ChannelType.Message, channel.Value) is { } denial
            ? Task.FromResult<Outcome<MessagePublished>>(denial)
            // What may still arrive late is told from what comes after it by the session alone: that has to stay here.
            : PublishAsync(
                session.Calls, session.Id, session.User, channel, payload, idempotencyKey, isKept,
                level, session.Record?.Over ?? [], () => session.IsBoundHere = true);

    /// <summary>Publishes likewise, for whoever has no session.</summary>
    /// <param name="order">The order of its calls.</param>
    /// <param name="id">What stands for a session: messages of one keep their order.</param>
    /// <param name="publisher">In whose name.</param>
    /// <param name="channel">Where.</param>
    /// <param name="payload">What.</param>
    /// <param name="idempotencyKey">Makes it safe to repeat; null: nothing does.</param>
    /// <param name="isKept">Whether it is to be kept.</param>
    /// <param name="level">How urgent it is.</param>
    /// <param name="over">Sessions that it goes on for: nothing of theirs may come after it.</param>
    /// <param name="onUnknown">Called when the message may still arrive, later.</param>
    public Task<Outcome<MessagePublished>> PublishAsync(
        CallOrder order, SessionId id, UserId publisher, ChannelName channel, Payload payload, string? idempotencyKey,
        bool isKept, MessageLevel level = MessageLevel.Normal, ImmutableArray<SessionId> over = default,
        Action? onUnknown = null) =>
        order.ForMessageChannelAsync(channel, budget => PublishInTurnAsync(
            budget, channel,
            (epoch, number) => new(epoch, id, publisher, payload, idempotencyKey, number)
            {
                Over = over.IsDefault ? [] : over,
                Level = level,
            },
            isKept, onUnknown));

    /// <summary>How many sessions are subscribed in the whole cluster, at all doors.</summary>
    /// <remarks>
    /// <b>Errors:</b> <see cref="ErrorCode.LoginNotAuthorized"/>: the token lets the session read elsewhere.
    /// <see cref="ErrorCode.ChannelNotAvailable"/>: the channel did not answer. <b>Cost:</b> one call to its grain.
    /// </remarks>
    public Task<Outcome<int>> CountSubscribersAsync(Session session, ChannelName channel) =>
        session.Denial(AccessKind.Read, ChannelType.Message, channel.Value) is { } denial
            ? Task.FromResult<Outcome<int>>(denial)
            : session.Calls.ForMessageChannelAsync<int>(channel, async budget =>
            {
                try
                {
                    return await budget.WithinAsync(routes.MessageChannelGrain(channel).CountSubscribersAsync());
                }
                catch (Exception failure) when (failure is not OutOfMemoryException)
                {
                    return new Refusal(ErrorCode.ChannelNotAvailable, "The channel did not answer; try again.");
                }
            });

    /// <summary>Forgets a subscription on this gateway only.</summary>
    /// <returns>The route that it was taken out of, still in use since its grain does not know yet.</returns>
    public Route Forget(Session session, ChannelName channel)
    {
        var route = routes.EnterMessageChannel(channel).Route;
        lock (route.Gate)
        {
            route.Remove(session);

            // One that is under way still names the session, and may arrive after the word that it has gone.
            if (route.Registration is not null)
                route.Invalidate();
        }

        return route;
    }

    /// <summary>
    /// A subscription is done with all that it asks for, or all is as it was: metadata and locks, which can be given up
    /// again surely, are seen to first.
    /// </summary>
    private async Task<Outcome<SubscribedChannel>> SubscribeWithDataAsync(
        CallBudget budget, Session session, ChannelName channel, ChannelFeeds feeds, MessagePosition? since,
        PresenceWish wish)
    {
        var (metadata, locks) = (feeds.HasFlag(ChannelFeeds.Metadata), feeds.HasFlag(ChannelFeeds.Locks));
        var before = SharedDataFeeds.Watched(session, ChannelType.Message, channel.Value);
        SharedDataWatched? watched = null;
        if (metadata || locks)
        {
            var opened = await data.OpenAsync(budget, session, ChannelType.Message, channel.Value, metadata, locks);
            if (!opened.IsAccepted)
                return opened.As<SubscribedChannel>();
            watched = opened.Value;
        }

        var subscribed = await SubscribeInTurnAsync(budget, session, channel, feeds, since, wish);
        (metadata, locks) = subscribed.IsAccepted ? (metadata, locks) : before;
        await data.CloseAsync(budget, session, ChannelType.Message, channel.Value, !metadata, !locks);
        return subscribed.IsAccepted
            ? new SubscribedChannel(subscribed.Value, watched)
            : subscribed.As<SubscribedChannel>();
    }

    private async Task<Outcome<ChannelSubscribed>> SubscribeInTurnAsync(
        CallBudget budget, Session session, ChannelName channel, ChannelFeeds feeds, MessagePosition? since,
        PresenceWish wish)
    {
        var said = session.States.For(ChannelType.Message, channel);
        using var user = routes.EnterUser(session.User);
        using var entered = routes.EnterMessageChannel(channel);
        var route = entered.Route;
        lock (route.Gate)
            route.BeginSubscribe(session, isReplay: since is not null);
        try
        {
            return await caller.CallAsync(
                budget, user.Route, route,
                (userUpdate, channelUpdate) => user.Route.Grain.SubscribeChannelAsync(
                    new(userUpdate, channelUpdate, session.Id, channel, feeds, since)
                    {
                        Presence = new(wish.WantsEvents, wish.IsQuiet, new(said, 0)) { Timeout = session.PresenceTimeout },
                    }),
                _ => null, subscribed => subscribed.Stamp,
                subscribed =>
                {
                    if (session.IsEnded)
                    {
                        // The grains have to hear that it is gone.
                        user.Route.Invalidate();
                        route.Invalidate();
                        return;
                    }

                    user.Route.ConfirmSubscription(
                        session, channel, wish.IsQuiet, (feeds & (ChannelFeeds.Metadata | ChannelFeeds.Locks)) != 0);
                    route.CompleteSubscribe(session, feeds, subscribed, wish);
                    session.States.Forget(ChannelType.Message, channel);
                    _epochs.Note(channel, subscribed.Stamp.Epoch);
                });
        }
        finally
        {
            lock (route.Gate)
                route.AbandonSubscribe(session);
            route.RunFanOuts();
        }
    }

    private async Task<Outcome<Done>> UnsubscribeInTurnAsync(CallBudget budget, Session session, ChannelName channel)
    {
        using var user = routes.EnterUser(session.User);
        using var entered = routes.EnterMessageChannel(channel);
        var route = entered.Route;
        bool wasSubscribed;
        lock (route.Gate)
            wasSubscribed = route.Remove(session);
        if (!wasSubscribed)
            return ErrorCode.ChannelNotSubscribed;
        lock (user.Route.Gate)
            user.Route.RemoveSubscription(session, channel);
        var outcome = await caller.CallAsync(
            budget, user.Route, route,
            (userUpdate, channelUpdate) => user.Route.Grain.UnsubscribeChannelAsync(
                new(userUpdate, channelUpdate, session.Id, channel)),
            _ => null, _ => null, _ => { });

        // Whatever the answer, it is over: registrations that no longer name this session tell the grains so, also when the
        // call could not even be made.
        if (!outcome.IsAccepted)
        {
            registrar.Invalidate(user.Route);
            registrar.Invalidate(route);
        }

        await data.LeaveAsync(budget, session, ChannelType.Message, channel.Value);
        return new Done();
    }

    private async Task<Outcome<MessagePublished>> PublishInTurnAsync(
        CallBudget budget, ChannelName channel, Func<long, long, PublishMessageRequest> ask, bool isKept, Action? onUnknown)
    {
        var grain = grains.GetGrain<IMessageChannelGrain>(GrainKey.MessageChannel(channel));
        for (var attempt = 1; attempt <= PublishAttemptsMax; attempt++)
        {
            if (await EpochOfAsync(budget, grain, channel) is not { } epoch)
                break;
            Outcome<MessagePublished> outcome;
            try
            {
                var request = ask(epoch, registrar.NextNumber());
                outcome = await budget.WithinAsync(
                    isKept ? grain.PublishStoredAsync(request) : grain.PublishAsync(request));
            }
            catch (Exception failure) when (failure is not OutOfMemoryException)
            {
                onUnknown?.Invoke();
                return new Refusal(
                    ErrorCode.ChannelPublishMessageTimeout,
                    "The channel did not confirm the message; it may or may not have been delivered.");
            }

            if (outcome.Refusal?.Code != ErrorCode.RouteStale)
                return outcome;
            _epochs.Forget(channel, epoch);
        }

        return new Refusal(ErrorCode.ChannelNotAvailable, "The channel cannot be reached now; try again.");
    }

    /// <summary>The activation to publish to; null when it cannot be asked now.</summary>
    private async ValueTask<long?> EpochOfAsync(CallBudget budget, IMessageChannelGrain grain, ChannelName channel)
    {
        if (_epochs.Of(channel) is { } known)
            return known;
        try
        {
            var epoch = await budget.WithinAsync(grain.GetEpochAsync());
            _epochs.Note(channel, epoch);
            TellRoute(channel, epoch);
            return epoch;
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            return null;
        }
    }

    /// <summary>Registers the local subscribers anew when they are known to an activation that has gone.</summary>
    private void TellRoute(ChannelName channel, long epoch)
    {
        if (routes.Find(GrainKey.MessageChannel(channel)) is not { } route)
            return;
        bool isOld;
        lock (route.Gate)
            isOld = route.Epoch != 0 && route.Epoch != epoch;
        if (isOld)
            registrar.Invalidate(route);
    }
}
