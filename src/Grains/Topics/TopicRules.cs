using System.Globalization;
using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Domain.Limits;
using ImOrleans.Grains.Abstractions.Topics;

namespace ImOrleans.Grains.Topics;

/// <summary>Who publishes and who follows whom in a topic, and which gateways want whose messages.</summary>
internal static class TopicRules
{
    /// <summary>Adds a publisher; doing so again replaces its role.</summary>
    /// <param name="state">The topic.</param>
    /// <param name="publisher">Who publishes from now on.</param>
    /// <param name="number">The number of the call: messages below it are from before.</param>
    public static void AddPublisher(TopicState state, TopicPublisher publisher, long number)
    {
        var session = Of(state, publisher.Session);
        if (session.Publisher is null)
            Count(state, publisher.User);
        session.Publisher = publisher;
        session.LastNumber = Math.Max(session.LastNumber, number);
    }

    /// <summary>Removes a publisher; an unknown one is fine.</summary>
    public static void RemovePublisher(TopicState state, SessionId id)
    {
        if (!state.Sessions.TryGet(id, out var session) || session.Publisher is null)
            return;
        Uncount(state, session.Publisher.User);
        session.Publisher = null;
        RemoveIfEmpty(state, session);
    }

    /// <summary>Lets a message in that no later one of its session has overtaken.</summary>
    public static bool TryTakeNumber(TopicSession session, long number)
    {
        if (number <= session.LastNumber)
            return false;
        session.LastNumber = number;
        return true;
    }

    /// <summary>Lets a session follow as many of the named as fit; all who publish when none is named.</summary>
    public static Outcome<TopicFollowed> Subscribe(TopicState state, SessionId id, IReadOnlyCollection<UserId> users)
    {
        var isAll = users.Count == 0;
        var followed = state.Sessions.TryGet(id, out var known) ? known.Followed : [];
        var room = RtmLimits.PublishersPerSubscriberMax - followed.Count;
        var added = new List<UserId>();
        var succeeded = new List<UserId>();
        var failed = new List<UserId>();
        foreach (var user in isAll ? state.Publishers.Keys : users.Distinct())
            if (followed.ContainsKey(user))
            {
                succeeded.Add(user);
            }
            else if (added.Count < room)
            {
                added.Add(user);
                succeeded.Add(user);
            }
            else
            {
                failed.Add(user);
            }

        if (succeeded.Count == 0 && failed.Count > 0)
            return new Refusal(ErrorCode.ChannelExceedTopicUserLimitation, string.Create(
                CultureInfo.InvariantCulture,
                $"A subscriber follows at most {RtmLimits.PublishersPerSubscriberMax} publishers of a topic."));
        if (added.Count > 0)
            Follow(state, Of(state, id), added);

        // Whoever asked for all asked for as many as fit: the rest did not fail.
        return new TopicFollowed([.. succeeded], isAll ? [] : [.. failed], FollowedCount(state, id));
    }

    /// <summary>Ends following the named; everyone when none is named.</summary>
    /// <returns>How many the session still follows.</returns>
    public static int Unsubscribe(TopicState state, SessionId id, IReadOnlyCollection<UserId> users)
    {
        if (!state.Sessions.TryGet(id, out var session))
            return 0;
        Unfollow(state, session, users.Count == 0 ? [.. session.Followed.Keys] : users);
        RemoveIfEmpty(state, session);
        return session.Followed.Count;
    }

    /// <summary>Forgets a session; an unknown one is fine.</summary>
    public static void RemoveSession(TopicState state, SessionId id)
    {
        RemovePublisher(state, id);
        Unsubscribe(state, id, []);
    }

    /// <summary>Replaces all that a gateway has. A publisher that stays keeps its place.</summary>
    /// <remarks>
    /// A message may have been on its way to a publisher that stays when the gateway made its statement: it counts. Of
    /// one that comes back it is not known what came before, so what is below the registration does not.
    /// </remarks>
    public static void Register(
        TopicState state,
        GatewayId gateway,
        long number,
        IReadOnlyCollection<TopicPublisher> publishers,
        IReadOnlyCollection<TopicSubscription> subscriptions)
    {
        // What is added comes first, so that a user whose session was replaced keeps its place too.
        foreach (var publisher in publishers)
            AddPublisher(state, publisher, IsPublisher(state, publisher.Session) ? 0 : number);
        foreach (var subscription in subscriptions)
            Replace(state, subscription);
        var publishing = publishers.Select(publisher => publisher.Session).ToHashSet();
        var following = subscriptions.Select(subscription => subscription.Session).ToHashSet();
        foreach (var session in state.Sessions.Of(gateway))
        {
            if (!publishing.Contains(session.Id))
                RemovePublisher(state, session.Id);
            if (!following.Contains(session.Id))
                Unsubscribe(state, session.Id, []);
        }
    }

    /// <summary>How many publishers a session follows.</summary>
    public static int FollowedCount(TopicState state, SessionId id) =>
        state.Sessions.TryGet(id, out var session) ? session.Followed.Count : 0;

    private static bool IsPublisher(TopicState state, SessionId id) =>
        state.Sessions.TryGet(id, out var session) && session.Publisher is not null;

    private static void Replace(TopicState state, TopicSubscription subscription)
    {
        var users = subscription.Users.Distinct().Take(RtmLimits.PublishersPerSubscriberMax).ToArray();
        var session = Of(state, subscription.Session);
        Unfollow(state, session, [.. session.Followed.Keys.Except(users)]);
        Follow(state, session, users);
        RemoveIfEmpty(state, session);
    }

    private static void Follow(TopicState state, TopicSession session, IEnumerable<UserId> users)
    {
        foreach (var user in users)
        {
            if (!session.Followed.TryAdd(user, true))
                continue;
            if (!state.Interest.TryGetValue(user, out var gateways))
                state.Interest[user] = gateways = [];
            gateways.TryGetValue(session.Id.Gateway, out var followers);
            gateways[session.Id.Gateway] = followers + 1;
            if (followers == 0)
                state.InterestVersion++;
        }
    }

    private static void Unfollow(TopicState state, TopicSession session, IEnumerable<UserId> users)
    {
        foreach (var user in users)
        {
            if (!session.Followed.Remove(user))
                continue;
            var gateways = state.Interest[user];
            if (--gateways[session.Id.Gateway] > 0)
                continue;
            gateways.Remove(session.Id.Gateway);
            if (gateways.Count == 0)
                state.Interest.Remove(user);
            state.InterestVersion++;
        }
    }

    private static void Count(TopicState state, UserId user)
    {
        if (!state.Publishers.TryAdd(user, 1))
            state.Publishers[user]++;
    }

    private static void Uncount(TopicState state, UserId user)
    {
        if (--state.Publishers[user] == 0)
            state.Publishers.Remove(user);
    }

    private static TopicSession Of(TopicState state, SessionId id)
    {
        if (!state.Sessions.TryGet(id, out var session))
            state.Sessions.Set(id, session = new(id));
        return session;
    }

    private static void RemoveIfEmpty(TopicState state, TopicSession session)
    {
        if (session.IsEmpty)
            state.Sessions.Remove(session.Id, out _);
    }
}
