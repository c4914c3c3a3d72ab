using System.Text;
using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Domain.Locks;
using ImOrleans.Domain.Messages;
using ImOrleans.Domain.Metadata;
using ImOrleans.Gateway.Protocols.GoWire.Frames;
using ImOrleans.Gateway.Sessions;

namespace ImOrleans.Gateway.Protocols.GoWire;

/// <summary>Writes events as the SDK takes them.</summary>
internal static class GoEventEncoder
{
    private const int Snapshot = 1;
    private const int Join = 2;
    private const int Leave = 3;

    /// <summary>The event, encoded once for all sessions.</summary>
    public static GoEvent Encode(SessionEvent sessionEvent) => sessionEvent.Encoded(EncodeNew);

    private static GoEvent EncodeNew(SessionEvent sessionEvent) => sessionEvent switch
    {
        TopicMessagesEvent { Messages.Count: 1 } messages => TopicMessage(messages, 0),
        TopicMessagesEvent messages =>
            GoEvent.Join(Enumerable.Range(0, messages.Messages.Count).Select(index => TopicMessage(messages, index))),
        UserMessageEvent message => Message(
            message.Receiver.Value, ChannelType.User, message.Message.Publisher, message.Message.Payload,
            message.Message.SentAtUnixMs),
        ChannelMessageEvent message => Message(
            message.Channel.Value, ChannelType.Message, message.Message.Publisher, message.Message.Payload,
            message.Message.SentAtUnixMs),
        TopicPublisherEvent publisher => TopicEvent(publisher),
        TopicSnapshotEvent snapshot => TopicSnapshot(snapshot),
        PresenceEvent presence => GoPresenceEncoder.Encode(presence),
        StorageEvent { Type: ChannelType.User } storage => UserMetadata(storage),
        StorageEvent storage => ChannelMetadata(storage),
        LocksEvent locks => Locks(locks),
        TokenEvent token => Token(token),
        ConnectionEvent connection => Connection(connection),
        ConversationNoticeEvent or ConversationMessagesEvent or ConversationStatusEvent => GoEvent.None,
        _ => throw new ArgumentException($"The wire has no form for {sessionEvent.GetType().Name}.", nameof(sessionEvent)),
    };

    private static GoEvent TopicMessage(TopicMessagesEvent messages, int index)
    {
        var message = messages.Messages[index];
        return Write(GoUri.StreamEvent, new GoMessageWriter()
            .Text(1, messages.Channel.Value)
            .Number(2, (int)message.Payload.Type)
            .Number(3, message.SenderTs ?? message.SentAtUnixMs)
            .Bytes(4, message.Payload.Bytes.Span)
            .Text(5, messages.Topic.Value)
            .Text(6, message.Publisher.Value)
            .Text(7, message.Payload.CustomType));
    }

    private static GoEvent Message(
        string channel, ChannelType type, UserId publisher, Payload payload, long sentAtUnixMs) =>
        Write(GoUri.MessageEvent, new GoMessageWriter()
            .Text(1, channel)
            .Text(2, publisher.Value)
            .Number(3, (int)payload.Type)
            .Bytes(4, payload.Bytes.Span)
            .Number(5, sentAtUnixMs)
            .Text(6, payload.CustomType)
            .Number(7, (int)type));

    /// <summary>The SDK takes the first publisher of the first entry, and must find one.</summary>
    private static GoEvent TopicEvent(TopicPublisherEvent publisher) =>
        Write(GoUri.TopicEvent, new GoMessageWriter()
            .Number(1, publisher.TopicEvent.IsJoin ? Join : Leave)
            .Text(2, publisher.Channel.Value)
            .Text(3, publisher.TopicEvent.User.Value)
            .OneOf(4, TopicEntry(publisher.TopicEvent.Topic.Value, [publisher.TopicEvent.User.Value])));

    private static GoEvent TopicSnapshot(TopicSnapshotEvent snapshot)
    {
        var message = new GoMessageWriter().Number(1, Snapshot).Text(2, snapshot.Channel.Value);
        foreach (var topic in snapshot.Topics)
            message.OneOf(4, TopicEntry(topic.Topic.Value, topic.Users.Select(user => user.Value)));
        return Write(GoUri.TopicEvent, message);
    }

    private static GoMessageWriter TopicEntry(string topic, IEnumerable<string> publishers)
    {
        var entry = new GoMessageWriter().OneOf(1, Encoding.UTF8.GetBytes(topic));
        foreach (var publisher in publishers)
            entry.OneOf(2, new GoMessageWriter().Text(1, publisher));
        return entry;
    }

    private static GoEvent ChannelMetadata(StorageEvent storage)
    {
        var message = new GoMessageWriter().Text(1, storage.Name).Number(2, (int)storage.Type);
        return Write(
            GoUri.ChannelMetadataEvent,
            GoMetadataCalls.Items(message, 4, storage.Items).Number(5, storage.MajorRevision).Number(6, Number(storage.Kind)));
    }

    private static GoEvent UserMetadata(StorageEvent storage) =>
        Write(
            GoUri.UserMetadataEvent,
            GoMetadataCalls.Items(new GoMessageWriter().Text(1, storage.Name), 2, storage.Items)
                .Number(3, storage.MajorRevision)
                .Number(4, Number(storage.Kind)));

    private static int Number(MetadataChangeKind? kind) => kind switch
    {
        MetadataChangeKind.Set => 2,
        MetadataChangeKind.Update => 3,
        MetadataChangeKind.Remove => 4,
        _ => Snapshot,
    };

    private static GoEvent Locks(LocksEvent locks)
    {
        var kind = locks.Kind switch
        {
            LockChangeKind.Set => 2,
            LockChangeKind.Removed => 3,
            LockChangeKind.Acquired => 4,
            LockChangeKind.Released => 5,
            LockChangeKind.Expired => 6,
            _ => Snapshot,
        };
        var message = new GoMessageWriter().Text(1, locks.Name).Number(2, (int)locks.Type).Number(3, kind);
        return Write(GoUri.LockEvent, GoLockCalls.Details(message, 4, locks.Locks));
    }

    /// <summary>The end of a token is told as the state of the connection or channel, which follows at once.</summary>
    private static GoEvent Token(TokenEvent token) => token.IsExpired
        ? GoEvent.None
        : Write(GoUri.TokenWillExpire, new GoMessageWriter().Text(1, token.Channel?.Value));

    /// <summary>
    /// The SDK never connects again by itself: whoever is closed is told that it failed, so that the app builds a new
    /// client. What a slow client lost has no form on this wire.
    /// </summary>
    private static GoEvent Connection(ConnectionEvent connection) => connection switch
    {
        { Dropped: > 0, Reason: ConnectionReason.None } => GoEvent.None,

        // What joins and leaves are answered with is enough: the SDK puts every state into a channel that many apps never
        // read, and stands still when that is full.
        { Channel: not null, State: not ConnectionState.Failed } => GoEvent.None,
        { CloseCode: DisconnectCode.None or DisconnectCode.LoggedOut } =>
            State(connection.State, connection.Reason, connection.Channel?.Value),
        _ => State(ConnectionState.Failed, connection.Reason, null),
    };

    private static GoEvent State(ConnectionState state, ConnectionReason reason, string? channel) =>
        Write(
            GoUri.ConnectionState,
            new GoMessageWriter().Number(1, (int)state).Number(2, (int)reason).Text(3, channel));

    internal static GoEvent Write(GoUri uri, GoMessageWriter message) =>
        new(GoFrameCodec.Write(new(0, uri, message.Written), GoFrameKind.Reply));
}
