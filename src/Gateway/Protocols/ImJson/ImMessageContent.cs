using System.Buffers;
using System.Text;
using System.Text.Json;
using ImOrleans.Domain.Conversations;
using ImOrleans.Gateway.Protocols.GoJson;

namespace ImOrleans.Gateway.Protocols.ImJson;

/// <summary>Messages of conversations as texts of this door, and the other way round.</summary>
/// <remarks>
/// Of a message of type <c>RC:TxtMsg</c> its <c>content</c> is what is said. Of any other the whole content is, as JSON, and its
/// type is told.
/// </remarks>
internal static class ImMessageContent
{
    /// <summary>The type of a text.</summary>
    public const string TextObjectName = "RC:TxtMsg";

    private const string SeqField = "imSeq";

    /// <summary>The content of a text.</summary>
    public static byte[] Write(string text) => Object("content", text);

    /// <summary>What goes with a message so that its clients here see it under a name that was chosen for it.</summary>
    public static byte[] WriteSeq(string seq) => Object(SeqField, seq);

    /// <summary>What is said.</summary>
    public static ImMessage Read(ChatMessage message, string target) =>
        message.ObjectName == TextObjectName && Field(message.Content, "content") is { } text
            ? new(message.Sender.Value, text, target)
            : new(message.Sender.Value, Encoding.UTF8.GetString(message.Content.Span), target, message.ObjectName);

    /// <summary>The name of a message: the one that was chosen where it was sent at this door, else its own.</summary>
    public static string Seq(ChatMessage message) =>
        message.Extras.IsEmpty ? message.UId.Value : Field(message.Extras, SeqField) ?? message.UId.Value;

    private static byte[] Object(string name, string text)
    {
        var writer = new ArrayBufferWriter<byte>(text.Length + 32);
        writer.Write("{"u8);
        GoJsonText.Write(writer, name);
        writer.Write(":"u8);
        GoJsonText.Write(writer, text);
        writer.Write("}"u8);
        return writer.WrittenSpan.ToArray();
    }

    /// <summary>The text of a field of an object; null when there is none. The last of several counts.</summary>
    private static string? Field(ReadOnlyMemory<byte> json, string name)
    {
        string? found = null;
        var reader = new Utf8JsonReader(json.Span);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isMeant = reader.ValueTextEquals(name);
            reader.Read();
            if (isMeant)
                found = reader.TokenType == JsonTokenType.String ? GoJsonText.Read(reader.ValueSpan) : null;
            reader.Skip();
        }

        return found;
    }
}
