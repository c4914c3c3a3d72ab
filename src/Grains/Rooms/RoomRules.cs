using System.Collections.Immutable;
using System.Globalization;
using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Domain.Limits;
using ImOrleans.Grains.Abstractions.Rooms;

namespace ImOrleans.Grains.Rooms;

/// <summary>Who may enter a channel, publish and follow there, and what the others are told of it.</summary>
/// <remarks>
/// Publishers are users, roles are held by sessions: others hear of a user's first session in a topic and of its last.
/// </remarks>
internal static class RoomRules
{
    /// <summary>Says why a session cannot enter; null when it can.</summary>
    public static Refusal? CheckJoin(RoomState state, SessionId session, UserId user, int membersMax)
    {
        if (state.Members.TryGet(session, out _))
            return new(ErrorCode.ChannelJoinFailed, "The channel is joined already.");
        return state.Users.ContainsKey(user) || state.Users.Count < membersMax
            ? null
            : new(ErrorCode.ChannelJoinFailed, Text($"The channel is full: it holds at most {membersMax} users."));
    }

    /// <summary>Lets a session in.</summary>
    public static RoomMembership Join(RoomState state, SessionId session, UserId user, DateTimeOffset? tokenExpiresAt)
    {
        var member = new RoomMembership(session, user);
        member.SetToken(tokenExpiresAt);
        state.Members.Set(session, member);
        state.Users[user] = state.Users.GetValueOrDefault(user) + 1;
        return member;
    }

    /// <summary>The member, when it may become a publisher.</summary>
    public static Outcome<RoomMembership> CheckJoinTopic(RoomState state, SessionId session, TopicName topic)
    {
        if (!state.Members.TryGet(session, out var member))
            return ErrorCode.ChannelNotJoined;
        if (member.PublishedTopics.Contains(topic))
            return new Refusal(ErrorCode.ChannelJoinTopicFailed, "The topic is joined already.");
        return member.PublishedTopics.Count < RtmLimits.PublishedTopicsMax
            ? member
            : new Refusal(ErrorCode.ChannelExceedTopicLimitation, Text(
                $"A client publishes in at most {RtmLimits.PublishedTopicsMax} topics of a channel."));
    }

    /// <summary>The member, when it publishes in a topic.</summary>
    public static Outcome<RoomMembership> CheckLeaveTopic(RoomState state, SessionId session, TopicName topic)
    {
        if (!state.Members.TryGet(session, out var member))
            return ErrorCode.ChannelNotJoined;
        return member.PublishedTopics.Contains(topic) ? member : ErrorCode.ChannelTopicNotJoined;
    }

    /// <summary>The member, when it may follow publishers of a topic.</summary>
    public static Outcome<RoomMembership> CheckSubscribe(RoomState state, SessionId session, TopicName topic)
    {
        if (!state.Members.TryGet(session, out var member))
            return ErrorCode.ChannelNotJoined;
        return member.SubscribedTopics.Contains(topic)
            || member.SubscribedTopics.Count < RtmLimits.SubscribedTopicsMax
            ? member
            : new Refusal(ErrorCode.ChannelExceedTopicLimitation, Text(
                $"A client subscribes to at most {RtmLimits.SubscribedTopicsMax} topics of a channel."));
    }

    /// <summary>The member, when it follows publishers of a topic.</summary>
    public static Outcome<RoomMembership> CheckUnsubscribe(RoomState state, SessionId session, TopicName topic)
    {
        if (!state.Members.TryGet(session, out var member))
            return ErrorCode.ChannelNotJoined;
        return member.SubscribedTopics.Contains(topic) ? member : ErrorCode.ChannelTopicNotSubscribed;
    }

    /// <summary>Gives a publisher role; nothing changes for others when another session of the user has it.</summary>
    public static TopicChange? AddRole(RoomState state, RoomMembership member, TopicName topic)
    {
        if (!member.PublishedTopics.Add(topic))
            return null;
        if (!state.Topics.TryGetValue(topic, out var users))
            state.Topics.Add(topic, users = []);
        if (users.TryGetValue(member.User, out var sessions))
        {
            users[member.User] = sessions + 1;
            return null;
        }

        users.Add(member.User, 1);
        return new(true, topic, member.User);
    }

    /// <summary>Ends a publisher role; a topic ends with its last publisher.</summary>
    public static TopicChange? RemoveRole(RoomState state, RoomMembership member, TopicName topic) =>
        member.PublishedTopics.Remove(topic) ? Uncount(state, member.User, topic) : null;

    /// <summary>Lets a session go. What it published and followed stays in the record that goes with it.</summary>
    /// <returns>What the others are told.</returns>
    public static IReadOnlyList<TopicChange> Remove(RoomState state, RoomMembership member)
    {
        if (!state.Members.Remove(member.Session, out _))
            return [];
        if (state.Users[member.User] > 1)
            state.Users[member.User]--;
        else
            state.Users.Remove(member.User);
        return [.. member.PublishedTopics.Select(topic => Uncount(state, member.User, topic)).OfType<TopicChange>()];
    }

    /// <summary>Replaces all that a gateway has. Limits are not looked at: the members were let in before.</summary>
    /// <returns>What others are told of it, when they do not get a snapshot anyway.</returns>
    public static RoomRegistered Register(RoomState state, GatewayId gateway, ImmutableArray<RoomMember> named)
    {
        var changes = new List<TopicChange?>();
        var hasNew = false;
        var ids = named.Select(member => member.Session).ToHashSet();
        var dropped = new List<(RoomMembership Member, TopicName Topic)>();

        // What is added comes first, so that a user whose session was replaced by another does not flicker.
        foreach (var stated in named)
        {
            if (!state.Members.TryGet(stated.Session, out var member))
            {
                member = Join(state, stated.Session, stated.User, stated.TokenExpiresAt);
                hasNew = true;
            }

            member.SetToken(stated.TokenExpiresAt);
            member.Timeout = stated.Presence.Timeout;
            member.SubscribedTopics.Clear();
            member.SubscribedTopics.UnionWith(stated.SubscribedTopics);
            changes.AddRange(stated.PublishedTopics.Select(topic => AddRole(state, member, topic)));
            dropped.AddRange(member.PublishedTopics.Except(stated.PublishedTopics).Select(topic => (member, topic)));
        }

        changes.AddRange(dropped.Select(role => RemoveRole(state, role.Member, role.Topic)));
        var gone = state.Members.Of(gateway).Where(member => !ids.Contains(member.Session)).ToArray();
        foreach (var member in gone)
            changes.AddRange(Remove(state, member).Select(change => (TopicChange?)change));
        return new(gone, [.. changes.OfType<TopicChange>()], hasNew);
    }

    /// <summary>Who publishes where, in order of joining.</summary>
    public static ImmutableArray<TopicPublishers> Snapshot(RoomState state) =>
        [.. state.Topics.Select(topic => new TopicPublishers(topic.Key, [.. topic.Value.Keys]))];

    /// <summary>When the next token is to be warned of or ends; null when there is none.</summary>
    public static DateTimeOffset? NextDue(RoomState state) => state.Members.All.Min(member => member.TokenDueAt);

    /// <summary>The members whose token has ended, and those, now marked as warned, whose token ends soon.</summary>
    public static RoomTokensDue TakeDue(RoomState state, DateTimeOffset now)
    {
        var due = state.Members.All.Where(member => member.TokenDueAt <= now).ToArray();
        var warned = due.Where(member => !member.IsWarned && member.TokenExpiresAt > now).ToArray();
        foreach (var member in warned)
            member.IsWarned = true;
        return new(warned, [.. due.Where(member => member.TokenExpiresAt <= now)]);
    }

    private static TopicChange? Uncount(RoomState state, UserId user, TopicName topic)
    {
        var users = state.Topics[topic];
        if (users[user] > 1)
        {
            users[user]--;
            return null;
        }

        users.Remove(user);
        if (users.Count == 0)
            state.Topics.Remove(topic);
        return new(false, topic, user);
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

/// <summary>What a registration changed.</summary>
/// <param name="Gone">Members that the gateway had and does not name any more.</param>
/// <param name="Changes">Publishers that came and went.</param>
/// <param name="HasNew">True when members were unknown: they may have missed what was told before.</param>
internal sealed record RoomRegistered(
    IReadOnlyList<RoomMembership> Gone, IReadOnlyList<TopicChange> Changes, bool HasNew);

/// <summary>What the time has brought.</summary>
internal sealed record RoomTokensDue(IReadOnlyList<RoomMembership> Warned, IReadOnlyList<RoomMembership> Expired);
