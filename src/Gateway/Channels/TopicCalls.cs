using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Domain.Messages;
using ImOrleans.Gateway.Auth.Permissions;
using ImOrleans.Gateway.Routing;
using ImOrleans.Gateway.Sessions;
using ImOrleans.Grains.Abstractions.Topics;

namespace ImOrleans.Gateway.Channels;

/// <summary>What sessions do with the topics of a stream channel.</summary>
/// <remarks>
/// Following publishers is reading the channel, publishing is writing it, and
/// <see cref="ErrorCode.LoginNotAuthorized"/> when the token does not let the session. Giving up is never refused so.
/// </remarks>
internal sealed class TopicCalls(RouteTable routes, RouteCaller caller, RouteRegistrar registrar)
{
    /// <summary>A publish, the registration with a new activation, and the publish again.</summary>
    private const int PublishAttemptsMax = 3;

    /// <summary>Makes the session a publisher.</summary>
    public Task<Outcome<Done>> JoinAsync(Session session, ChannelName channel, TopicName topic, PublisherRole role) =>
        OnTopicAsync(session, channel, topic, AccessKind.Write, async (budget, room, route) => (await caller.CallAsync(
            budget, room, route,
            (roomUpdate, topicUpdate) =>
                room.Grain.JoinTopicAsync(new(roomUpdate, topicUpdate, session.Id, topic, role)),
            _ => null, stamp => stamp,
            _ =>
            {
                if (!TryGetMember(room, route, session, out var member))
                    return;
                member.Published.Add(topic);
                route.AddPublisher(session, role);
            })).WithoutValue());

    /// <summary>Ends the publisher role.</summary>
    public Task<Outcome<Done>> LeaveAsync(Session session, ChannelName channel, TopicName topic) =>
        OnTopicAsync(session, channel, topic, null, async (budget, room, route) =>
        {
            var outcome = await caller.CallAsync(
                budget, room, route,
                (roomUpdate, topicUpdate) => room.Grain.LeaveTopicAsync(new(roomUpdate, topicUpdate, session.Id, topic)),
                _ => null, _ => null,
                _ =>
                {
                    if (room.TryGetMember(session, out var member))
                        member.Published.Remove(topic);
                    route.RemovePublisher(session);
                });
            if (outcome.IsAccepted)
                session.Limits.ForgetTopic(channel, topic);
            return outcome;
        });

    /// <summary>Lets the session follow publishers; none named: everyone who publishes now.</summary>
    public Task<Outcome<TopicSubscribed>> SubscribeAsync(
        Session session, ChannelName channel, TopicName topic, ImmutableArray<UserId> users) =>
        OnTopicAsync(session, channel, topic, AccessKind.Read, async (budget, room, route) =>
        {
            lock (route.Gate)
                route.BeginSubscribe(session);
            try
            {
                return await caller.CallAsync(
                    budget, room, route,
                    (roomUpdate, topicUpdate) =>
                        room.Grain.SubscribeTopicAsync(new(roomUpdate, topicUpdate, session.Id, topic, users)),
                    _ => null, subscribed => subscribed.Stamp,
                    subscribed =>
                    {
                        if (!TryGetMember(room, route, session, out var member))
                            return;
                        if (subscribed.FollowedCount > 0)
                            member.Subscribed.Add(topic);
                        route.CompleteSubscribe(session, subscribed);
                    });
            }
            finally
            {
                lock (route.Gate)
                    route.AbandonSubscribe(session);
            }
        });

    /// <summary>The session ceases to follow publishers; none named: all.</summary>
    public Task<Outcome<Done>> UnsubscribeAsync(
        Session session, ChannelName channel, TopicName topic, ImmutableArray<UserId> users) =>
        OnTopicAsync(session, channel, topic, null, (budget, room, route) => caller.CallAsync(
            budget, room, route,
            (roomUpdate, topicUpdate) =>
                room.Grain.UnsubscribeTopicAsync(new(roomUpdate, topicUpdate, session.Id, topic, users)),
            _ => null, _ => null,
            _ =>
            {
                if (route.Unsubscribe(session, users) && room.TryGetMember(session, out var member))
                    member.Subscribed.Remove(topic);
            }));

    /// <summary>Whom the session follows.</summary>
    public Task<Outcome<SubscribedUsers>> GetSubscribedUsersAsync(Session session, ChannelName channel, TopicName topic) =>
        OnTopicAsync(session, channel, topic, AccessKind.Read, (budget, room, route) => caller.CallAsync(
            budget, room, route,
            (roomUpdate, topicUpdate) =>
                room.Grain.GetSubscribedUsersAsync(new(roomUpdate, topicUpdate, session.Id, topic)),
            _ => null, _ => null, _ => { }));

    /// <summary>Publishes a message.</summary>
    /// <remarks>
    /// A publish whose outcome is unknown is never repeated, so that nothing arrives twice; one that a new activation
    /// turned away is repeated after this gateway has registered with it.
    /// </remarks>
    public Task<Outcome<TopicPublished>> PublishAsync(
        Session session, ChannelName channel, TopicName topic, Payload payload, long? senderTs) =>
        session.Denial(AccessKind.Write, ChannelType.Stream, channel.Value) is { } denial
            ? Task.FromResult<Outcome<TopicPublished>>(denial)
            : session.Calls.ForTopicAsync(
                channel, topic, budget => PublishInTurnAsync(budget, session, channel, topic, payload, senderTs));

    private async Task<Outcome<TopicPublished>> PublishInTurnAsync(
        CallBudget budget, Session session, ChannelName channel, TopicName topic, Payload payload, long? senderTs)
    {
        using var entered = routes.EnterTopic(channel, topic);
        var route = entered.Route;
        for (var attempt = 1; ; attempt++)
        {
            if (!await caller.EnsureAsync(route, budget))
                return new Refusal(ErrorCode.ChannelNotAvailable, "The topic cannot be reached now; try again.");
            bool isPublisher;
            long epoch;
            lock (route.Gate)
                (isPublisher, epoch) = (route.IsPublisher(session), route.Epoch);
            if (!isPublisher)
                return await NotPublishingAsync(session, channel);
            Outcome<TopicPublished> outcome;
            try
            {
                outcome = await budget.WithinAsync(
                    route.Grain.PublishAsync(new(epoch, session.Id, payload, senderTs, registrar.NextNumber())));
            }
            catch (Exception failure) when (failure is not OutOfMemoryException)
            {
                registrar.Invalidate(route);
                return new Refusal(
                    ErrorCode.ChannelPublishMessageTimeout,
                    "The topic did not confirm the message; it may or may not have been delivered.");
            }

            // The activation does not know what is confirmed here: nothing was published.
            if (outcome.Refusal is not { Code: ErrorCode.RouteStale or ErrorCode.ChannelTopicNotJoined }
                || attempt == PublishAttemptsMax)
                return outcome.Refusal?.Code == ErrorCode.RouteStale ? ErrorCode.ChannelNotAvailable : outcome;
            registrar.Invalidate(route);
        }
    }

    /// <summary>False when the session has ended meanwhile: the grains have to hear that it is gone.</summary>
    private static bool TryGetMember(
        RoomRoute room, TopicRoute route, Session session, [NotNullWhen(true)] out LocalMember? member)
    {
        if (room.TryGetMember(session, out member))
            return true;
        room.Invalidate();
        route.Invalidate();
        return false;
    }

    private Task<Outcome<TopicPublished>> NotPublishingAsync(Session session, ChannelName channel)
    {
        using var room = routes.EnterRoom(channel);
        Outcome<TopicPublished> outcome =
            IsMember(room.Route, session) ? ErrorCode.ChannelTopicNotJoined : ErrorCode.ChannelNotJoined;
        return Task.FromResult(outcome);
    }

    private static bool IsMember(RoomRoute room, Session session)
    {
        lock (room.Gate)
            return room.TryGetMember(session, out _);
    }

    /// <summary>Calls for one topic of a channel that the session has joined.</summary>
    /// <param name="session">Who.</param>
    /// <param name="channel">The channel.</param>
    /// <param name="topic">The topic.</param>
    /// <param name="access">What the token has to let it do there; null: nothing, it gives up what it has.</param>
    /// <param name="call">The call.</param>
    private Task<Outcome<T>> OnTopicAsync<T>(
        Session session, ChannelName channel, TopicName topic, AccessKind? access,
        Func<CallBudget, RoomRoute, TopicRoute, Task<Outcome<T>>> call)
    {
        if (access is { } needed && session.Denial(needed, ChannelType.Stream, channel.Value) is { } denial)
            return Task.FromResult<Outcome<T>>(denial);
        return session.Calls.ForTopicAsync<T>(channel, topic, async budget =>
        {
            using var room = routes.EnterRoom(channel);
            if (!IsMember(room.Route, session))
                return ErrorCode.ChannelNotJoined;
            using var route = routes.EnterTopic(channel, topic);
            var outcome = await call(budget, room.Route, route.Route);
            if (outcome.Refusal?.Code != ErrorCode.ChannelNotJoined || !IsMember(room.Route, session))
                return outcome;

            // The room has taken this gateway for dead meanwhile. It is told better, and asked again.
            registrar.Invalidate(room.Route);
            return await call(budget, room.Route, route.Route);
        });
    }
}
