using System.Text.Json;
using System.Text.Json.Serialization;
using ImOrleans.Domain.Conversations;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Grains.Abstractions.Inboxes;

namespace ImOrleans.Gateway.Protocols.SignalR;

/// <summary>The answer to a pull.</summary>
/// <param name="Messages">In the order in which they are to be taken.</param>
/// <param name="AckToken">What acknowledges them; left out when there is nothing to acknowledge.</param>
/// <param name="Finished">Whether there was nothing more.</param>
internal sealed record PulledBody(
    PulledBody.MessagesBody Messages,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? AckToken,
    bool Finished)
{
    /// <param name="pulled">What was pulled.</param>
    /// <param name="ackToken">What acknowledges it.</param>
    /// <param name="user">By whom.</param>
    /// <param name="since">When its session began; messages from before came while it was away.</param>
    public static PulledBody Of(PulledMessages pulled, string? ackToken, UserId user, long since) =>
        new(new(user, since, pulled.Messages), ackToken, pulled.IsFinished);

    [JsonConverter(typeof(Converter))]
    internal sealed record MessagesBody(UserId User, long Since, IReadOnlyList<ConversationMessage> Messages);

    private sealed class Converter : JsonConverter<MessagesBody>
    {
        private const int Sent = 1;
        private const int Received = 2;

        public override MessagesBody Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            throw new NotSupportedException("Replies are only written.");

        public override void Write(Utf8JsonWriter writer, MessagesBody value, JsonSerializerOptions options)
        {
            writer.WriteStartArray();
            foreach (var message in value.Messages)
                Write(writer, value, message);
            writer.WriteEndArray();
        }

        private static void Write(Utf8JsonWriter writer, MessagesBody body, ConversationMessage message)
        {
            var (stored, sent) = (message.Message, message.Message.Message);
            writer.WriteStartObject();
            writer.WriteNumber("conversationType", (int)message.Conversation.Type);
            writer.WriteString("targetId", message.Conversation.TargetFor(body.User));
            writer.WriteString("senderUserId", sent.Sender.Value);
            writer.WriteString("messageUId", sent.UId.Value);
            writer.WriteNumber("seq", stored.Seq);
            writer.WriteNumber("sentTime", stored.SentAtUnixMs);
            writer.WriteString("objectName", sent.ObjectName);
            writer.WritePropertyName("content");
            writer.WriteRawValue(sent.Content.Span, skipInputValidation: true);
            if (sent.ClientMessageId is { } name)
                writer.WriteString("clientMessageId", name);
            writer.WriteNumber("messageDirection", sent.Sender == body.User ? Sent : Received);
            writer.WriteBoolean("isPersisted", true);
            writer.WriteBoolean("isCounted", sent.Flags.HasFlag(MessageFlags.Counted));
            writer.WriteBoolean("isOffLineMessage", stored.SentAtUnixMs < body.Since);
            writer.WriteEndObject();
        }
    }
}
