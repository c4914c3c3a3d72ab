using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Messages;
using ImOrleans.Gateway.Sessions;
using ImOrleans.Grains.Abstractions.Rooms;

namespace ImOrleans.Gateway.Protocols.SignalR;

/// <summary>Writes events as the client methods of the hub take them.</summary>
internal static partial class EventEncoder
{
    private static readonly JsonWriterOptions Options =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>What stands for the token where there is nothing to acknowledge.</summary>
    private static readonly byte[] NoToken = "null"u8.ToArray();

    /// <summary>The event, encoded once for all sessions.</summary>
    public static EncodedEvent Encode(SessionEvent sessionEvent) => sessionEvent.Encoded(EncodeNew);

    private static EncodedEvent EncodeNew(SessionEvent sessionEvent) => sessionEvent switch
    {
        TopicMessagesEvent messages => Write("OnMessages", messages.Bytes, writer => WriteTopicMessages(writer, messages)),
        UserMessageEvent message => Write("OnMessages", message.Bytes, writer => WriteUserMessage(writer, message)),
        ChannelMessageEvent message => Write("OnMessages", message.Bytes, writer => WriteChannelMessage(writer, message)),
        TopicPublisherEvent publisher => Write("OnTopicEvents", 256, writer => WriteTopicEvent(writer, publisher)),
        TopicSnapshotEvent snapshot =>
            Write("OnTopicEvents", snapshot.Bytes, writer => WriteTopicSnapshot(writer, snapshot)),
        StorageEvent storage => Write("OnStorageEvents", storage.Bytes, writer => SharedDataWriter.Write(writer, storage)),
        LocksEvent locks => Write("OnLockEvents", locks.Bytes, writer => SharedDataWriter.Write(writer, locks)),
        PresenceEvent presence =>
            Write("OnPresenceEvents", presence.Bytes, writer => PresenceWriter.Write(writer, presence)),
        ConversationNoticeEvent notice =>
            Write("OnChatNotify", 256, writer => WriteConversationNotice(writer, notice)),
        ConversationMessagesEvent messages => Write(
            "OnChatMessages", messages.Bytes, writer => WriteConversationMessages(writer, messages),
            Encoding.UTF8.GetBytes($"\"{messages.AckToken}\"")),
        ConversationStatusEvent status =>
            Write("OnChatMessages", status.Bytes, writer => WriteConversationStatus(writer, status), NoToken),
        TokenEvent token => Write("OnTokenEvents", 256, writer => WriteToken(writer, token)),
        ConnectionEvent connection => Write("OnConnectionEvents", 256, writer => WriteConnection(writer, connection)),
        _ => throw new ArgumentException($"The hub has no form for {sessionEvent.GetType().Name}.", nameof(sessionEvent)),
    };

    private static EncodedEvent Write(
        string method, int bytes, Action<Utf8JsonWriter> write, byte[]? second = null)
    {
        var output = new ArrayBufferWriter<byte>(bytes);
        using (var writer = new Utf8JsonWriter(output, Options))
            write(writer);
        return new(method, output.WrittenSpan.ToArray(), second);
    }

    private static void WriteTopicMessages(Utf8JsonWriter writer, TopicMessagesEvent messages)
    {
        foreach (var message in messages.Messages)
        {
            writer.WriteStartObject();
            writer.WriteString("channel", messages.Channel.Value);
            writer.WriteString("channelType", "stream");
            writer.WriteString("topic", messages.Topic.Value);
            writer.WriteString("publisher", message.Publisher.Value);
            WritePayload(writer, message.Payload);
            writer.WriteNumber("sentAt", message.SentAtUnixMs);
            if (message.SenderTs is { } senderTs)
                writer.WriteNumber("sendTs", senderTs);
            writer.WriteEndObject();
        }
    }

    private static void WriteUserMessage(Utf8JsonWriter writer, UserMessageEvent message)
    {
        writer.WriteStartObject();
        writer.WriteString("channel", message.Receiver.Value);
        writer.WriteString("channelType", "user");
        writer.WriteString("publisher", message.Message.Publisher.Value);
        WritePayload(writer, message.Message.Payload);
        writer.WriteNumber("sentAt", message.Message.SentAtUnixMs);
        writer.WriteEndObject();
    }

    private static void WritePayload(Utf8JsonWriter writer, Payload payload)
    {
        if (payload.Type == MessageType.String)
        {
            writer.WriteString("messageType", "string");
            writer.WriteString("payload", payload.Bytes.Span);
        }
        else
        {
            writer.WriteString("messageType", "binary");
            writer.WriteBase64String("payload", payload.Bytes.Span);
        }

        if (payload.CustomType is { } customType)
            writer.WriteString("customType", customType);
    }

    private static void WriteTopicEvent(Utf8JsonWriter writer, TopicPublisherEvent publisher)
    {
        writer.WriteStartObject();
        writer.WriteString("type", publisher.TopicEvent.IsJoin ? "join" : "leave");
        writer.WriteString("channel", publisher.Channel.Value);
        writer.WriteString("topic", publisher.TopicEvent.Topic.Value);
        writer.WriteString("userId", publisher.TopicEvent.User.Value);
        writer.WriteEndObject();
    }

    private static void WriteTopicSnapshot(Utf8JsonWriter writer, TopicSnapshotEvent snapshot)
    {
        writer.WriteStartObject();
        writer.WriteString("type", "snapshot");
        writer.WriteString("channel", snapshot.Channel.Value);
        writer.WriteString("topic", "");
        writer.WriteString("userId", "");
        writer.WriteStartObject("snapshot");
        foreach (var topic in snapshot.Topics)
            WriteTopic(writer, topic);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteTopic(Utf8JsonWriter writer, TopicPublishers topic)
    {
        writer.WriteStartArray(topic.Topic.Value);
        foreach (var user in topic.Users)
            writer.WriteStringValue(user.Value);
        writer.WriteEndArray();
    }

    private static void WriteConversationNotice(Utf8JsonWriter writer, ConversationNoticeEvent notice)
    {
        writer.WriteStartObject();
        writer.WriteNumber("conversationType", (int)notice.Type);
        writer.WriteString("targetId", notice.TargetId);
        writer.WriteEndObject();
    }

    private static void WriteConversationStatus(Utf8JsonWriter writer, ConversationStatusEvent status) =>
        ConversationMessageWriter.Write(
            writer, status.Conversation, status.Message, status.Viewer, isOffline: false, isStored: false);

    private static void WriteConversationMessages(Utf8JsonWriter writer, ConversationMessagesEvent messages)
    {
        foreach (var message in messages.Messages)
            ConversationMessageWriter.Write(writer, messages.Conversation, message, messages.Viewer, isOffline: false);
    }

    private static void WriteToken(Utf8JsonWriter writer, TokenEvent token)
    {
        writer.WriteStartObject();
        writer.WriteString("type", token.IsExpired ? "expired" : "willExpire");
        writer.WriteString("channel", token.Channel?.Value ?? "");
        writer.WriteNumber("expiresAt", token.ExpiresAt.ToUnixTimeMilliseconds());
        writer.WriteEndObject();
    }

    private static void WriteConnection(Utf8JsonWriter writer, ConnectionEvent connection)
    {
        writer.WriteStartObject();
        writer.WriteNumber("state", (int)connection.State);
        writer.WriteNumber("reason", (int)connection.Reason);
        writer.WriteNumber("code", RongCloudStatus(connection));
        writer.WriteString("message", connection.Message);
        if (connection.Channel is { } channel)
            writer.WriteString("channel", channel.Value);
        if (connection.Error is { } error)
            writer.WriteNumber("errorCode", (int)error);
        if (connection.CloseCode != DisconnectCode.None)
            writer.WriteNumber("closeCode", (int)connection.CloseCode);
        if (connection.PreviousCloseCode != DisconnectCode.None)
            writer.WriteNumber("previousCloseCode", (int)connection.PreviousCloseCode);
        if (connection.ReconnectAfter is { } wait)
            writer.WriteNumber("reconnectAfterMs", (long)wait.TotalMilliseconds);
        if (connection.Dropped > 0)
            writer.WriteNumber("dropped", connection.Dropped);
        if (connection.Key is { } key)
        {
            writer.WriteString("session", key.ToText());
            writer.WriteBoolean("resumed", connection.IsResumed);
            if (connection.IsLossy)
                writer.WriteBoolean("lost", true);
        }

        writer.WriteEndObject();
    }

    /// <summary>The status number that RongCloud clients know for the same thing (feature row RC6).</summary>
    private static int RongCloudStatus(ConnectionEvent connection) => (connection.State, connection.Reason) switch
    {
        (ConnectionState.Connected, _) => 0, // CONNECTED
        _ when connection.Channel is not null => 0, // Of channels it knows none.
        (_, ConnectionReason.SameUidLogin) => 6, // KICKED_OFFLINE_BY_OTHER_CLIENT
        (_, ConnectionReason.Interrupted) => 3, // NETWORK_UNAVAILABLE
        (_, ConnectionReason.Logout) => 4, // CONNECTION_CLOSED
        _ => 2, // DISCONNECTED
    };
}
