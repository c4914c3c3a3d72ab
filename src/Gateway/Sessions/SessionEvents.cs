using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Domain.Messages;
using ImOrleans.Grains.Abstractions.Rooms;
using ImOrleans.Grains.Abstractions.Topics;
using ImOrleans.Grains.Abstractions.Users;

namespace ImOrleans.Gateway.Sessions;

/// <summary>Messages of one publisher in a topic, in order.</summary>
internal sealed class TopicMessagesEvent(
    ChannelName channel, TopicName topic, IReadOnlyList<TopicMessage> messages) : SessionEvent
{
    public ChannelName Channel { get; } = channel;

    public TopicName Topic { get; } = topic;

    public IReadOnlyList<TopicMessage> Messages { get; } = messages;

    /// <summary>The activation that they come from.</summary>
    public long Epoch { get; init; }

    public override int Bytes { get; } = messages.Sum(message => message.Bytes);

    public override MessagePriority? Priority => Messages[0].Urgency;

    public override int Count => Messages.Count;
}

/// <summary>A user-to-user message for <paramref name="receiver"/>.</summary>
internal sealed class UserMessageEvent(UserId receiver, UserMessage message) : SessionEvent
{
    public UserId Receiver { get; } = receiver;

    public UserMessage Message { get; } = message;

    /// <summary>The activation that it comes from.</summary>
    public long Epoch { get; init; }

    public override int Bytes => Message.Bytes;

    public override MessagePriority? Priority => Message.Priority;
}

/// <summary>A user began or ceased to publish in a topic.</summary>
internal sealed class TopicPublisherEvent(ChannelName channel, TopicEvent topicEvent) : SessionEvent
{
    public ChannelName Channel { get; } = channel;

    public TopicEvent TopicEvent { get; } = topicEvent;
}

/// <summary>All topics of a channel, with their publishers.</summary>
internal sealed class TopicSnapshotEvent(ChannelName channel, IReadOnlyList<TopicPublishers> topics) : SessionEvent
{
    public ChannelName Channel { get; } = channel;

    public IReadOnlyList<TopicPublishers> Topics { get; } = topics;

    public override int Bytes { get; } = 256 + topics.Sum(topic => 64 + (topic.Users.Length * 64));
}

/// <summary>A token is about to end, or has ended.</summary>
/// <param name="isExpired">False when it is about to.</param>
/// <param name="channel">The stream channel whose token it is; null for the login token.</param>
/// <param name="expiresAt">When.</param>
internal sealed class TokenEvent(bool isExpired, ChannelName? channel, DateTimeOffset expiresAt) : SessionEvent
{
    public bool IsExpired { get; } = isExpired;

    public ChannelName? Channel { get; } = channel;

    public DateTimeOffset ExpiresAt { get; } = expiresAt;
}

/// <summary>The state of the link changed, or its client has to know something about it.</summary>
internal sealed class ConnectionEvent(ConnectionState state, ConnectionReason reason, string message) : SessionEvent
{
    public ConnectionState State { get; } = state;

    public ConnectionReason Reason { get; } = reason;

    public string Message { get; } = message;

    /// <summary>The stream channel whose state it is; null: the connection's.</summary>
    public ChannelName? Channel { get; init; }

    /// <summary>Why a login was refused; null when none was.</summary>
    public ErrorCode? Error { get; init; }

    /// <summary>Why the server closes the connection right after this event; none when it stays open.</summary>
    public DisconnectCode CloseCode { get; init; }

    /// <summary>
    /// Why the connection before was closed, when its client could not be told then; none when there is nothing to tell.
    /// </summary>
    public DisconnectCode PreviousCloseCode { get; init; }

    /// <summary>When the client should connect again; null when that was left to it.</summary>
    public TimeSpan? ReconnectAfter { get; init; }

    /// <summary>How many events a slow client lost.</summary>
    public long Dropped { get; init; }

    /// <summary>What the client shows to come back to the session; null when it cannot.</summary>
    public SessionKey? Key { get; init; }

    /// <summary>True when the session is the one of the connection before.</summary>
    public bool IsResumed { get; init; }

    /// <summary>
    /// True when the session was had again without its gateway: what its client had not got was lost with that one.
    /// </summary>
    public bool IsLossy { get; init; }

    /// <summary>The greeting belongs to its connection; all others belong to the session.</summary>
    public override bool IsCounted => Reason != ConnectionReason.LoginSuccess;
}
