using System.Text.Json;
using ImOrleans.Domain.Conversations;
using ImOrleans.Domain.Identifiers;

namespace ImOrleans.Gateway.Protocols.SignalR;

/// <summary>Writes messages of conversations, pulled or pushed.</summary>
internal static class ConversationMessageWriter
{
    private const int Sent = 1;
    private const int Received = 2;

    /// <summary>Writes one message as an object.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="conversation">Of which it is.</param>
    /// <param name="message">The message.</param>
    /// <param name="viewer">Who gets it.</param>
    /// <param name="isOffline">Whether it came while the viewer was away.</param>
    /// <param name="isStored">Whether it can be read again.</param>
    public static void Write(
        Utf8JsonWriter writer, ConversationKey conversation, StoredMessage message, UserId viewer, bool isOffline,
        bool isStored = true)
    {
        var sent = message.Message;
        writer.WriteStartObject();
        writer.WriteNumber("conversationType", (int)conversation.Type);
        writer.WriteString("targetId", conversation.TargetFor(viewer));
        writer.WriteString("senderUserId", sent.Sender.Value);
        writer.WriteString("messageUId", sent.UId.Value);
        writer.WriteNumber("seq", message.Seq);
        writer.WriteNumber("sentTime", message.SentAtUnixMs);
        writer.WriteString("objectName", sent.ObjectName);
        writer.WritePropertyName("content");
        writer.WriteRawValue(sent.Content.Span, skipInputValidation: true);
        if (sent.ClientMessageId is { } name)
            writer.WriteString("clientMessageId", name);
        writer.WriteNumber("messageDirection", sent.Sender == viewer ? Sent : Received);
        ChatMessageExtras.WriteMention(writer, sent.Extras.Span);
        writer.WriteBoolean("isPersisted", isStored);
        writer.WriteBoolean("isCounted", sent.Flags.HasFlag(MessageFlags.Counted));
        writer.WriteBoolean("isOffLineMessage", isOffline);
        writer.WriteEndObject();
    }
}
