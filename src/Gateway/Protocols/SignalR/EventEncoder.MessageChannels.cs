using System.Text.Json;
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
        writer.WriteString("publisher", message.Message.Publisher.Value);
        WritePayload(writer, message.Message.Payload);
        writer.WriteNumber("sentAt", message.Message.SentAtUnixMs);
        writer.WriteNumber("offset", message.Position.Offset);
        writer.WriteString("epoch", message.Position.EpochText());
        writer.WriteEndObject();
    }
}
