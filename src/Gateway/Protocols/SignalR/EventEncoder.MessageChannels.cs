using System.Text.Json;
using ImOrleans.Domain.History;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Domain.Messages;
using ImOrleans.Gateway.Sessions;

namespace ImOrleans.Gateway.Protocols.SignalR;

// Message channels.
internal static partial class EventEncoder
{
    /// <summary>The message as the event and the reply of a subscription have it.</summary>
    public static void WriteChannelMessage(Utf8JsonWriter writer, ChannelMessageEvent message)
    {
        writer.WriteStartObject();
        writer.WriteString("channel", message.Channel.Value);
        writer.WriteString("channelType", "message");
        WriteContent(writer, message.Message.Publisher, message.Message.Payload, message.Message.SentAtUnixMs);
        WritePosition(writer, message.Position);
        if (message.Message.Level == MessageLevel.Important)
            writer.WriteString("level", "important");
        writer.WriteEndObject();
    }

    /// <summary>A message that was kept, in the shape that its event had.</summary>
    public static void WriteKeptMessage(Utf8JsonWriter writer, HistoryKey key, HistoryMessage message)
    {
        writer.WriteStartObject();
        writer.WriteString("channel", key.Name);
        writer.WriteString("channelType", key.Type == ChannelType.User ? "user" : "message");
        WriteContent(writer, message.Publisher, message.Payload, message.SentAtUnixMs);
        if (key.Type == ChannelType.Message)
            WritePosition(writer, message.Position);
        writer.WriteEndObject();
    }

    private static void WriteContent(Utf8JsonWriter writer, UserId publisher, Payload payload, long sentAtUnixMs)
    {
        writer.WriteString("publisher", publisher.Value);
        WritePayload(writer, payload);
        writer.WriteNumber("sentAt", sentAtUnixMs);
    }

    private static void WritePosition(Utf8JsonWriter writer, MessagePosition position)
    {
        writer.WriteNumber("offset", position.Offset);
        writer.WriteString("epoch", position.EpochText());
    }
}
