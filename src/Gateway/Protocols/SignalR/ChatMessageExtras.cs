using System.Text;
using System.Text.Json;
using ImOrleans.Domain.Conversations;

namespace ImOrleans.Gateway.Protocols.SignalR;

/// <summary>
/// What only some messages have, as it is stored: an object of <c>mentioned</c>, <c>pushContent</c> and <c>pushData</c>.
/// </summary>
internal static class ChatMessageExtras
{
    private const int TextBytesMax = 1024;

    /// <summary>Reads it from a request; empty when there is nothing.</summary>
    /// <param name="read">The request.</param>
    /// <param name="hasMembers">Whether it is for a group or a discussion, where members can be mentioned.</param>
    public static ReadOnlyMemory<byte> Read(RequestReader read, bool hasMembers)
    {
        var mention = hasMembers ? read.Nested("mentioned") : null;
        var content = Short(read, "pushContent");
        var data = Short(read, "pushData");
        if (mention is null && content is null && data is null)
            return default;
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            if (mention is not null)
                CopyMention(mention, read, writer);
            if (content is not null)
                writer.WriteString("pushContent", content);
            if (data is not null)
                writer.WriteString("pushData", data);
            writer.WriteEndObject();
        }

        return stream.ToArray();
    }

    /// <summary>Writes the property <c>mentioned</c> when there is one.</summary>
    public static void WriteMention(Utf8JsonWriter writer, ReadOnlySpan<byte> extras)
    {
        if (extras.IsEmpty)
            return;
        var reader = new Utf8JsonReader(extras);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isMention = reader.ValueTextEquals("mentioned"u8);
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            if (!isMention)
                continue;
            writer.WritePropertyName("mentioned");
            writer.WriteRawValue(extras[start..(int)reader.BytesConsumed], skipInputValidation: true);
            return;
        }
    }

    private static void CopyMention(RequestReader mention, RequestReader read, Utf8JsonWriter writer)
    {
        mention.Require("type");
        var isPart = mention.OneOf("type", false, ("all", false), ("part", true));
        var users = isPart ? mention.ChatUsers("userIds", ConversationLimits.MentionedUsersMax) : [];
        if (mention.Refusal is { } refusal)
            read.Refuse(refusal.Code, $"In 'mentioned': {refusal.Message}");
        writer.WriteStartObject("mentioned");
        writer.WriteString("type", isPart ? "part" : "all");
        if (isPart)
        {
            writer.WriteStartArray("userIds");
            foreach (var user in users)
                writer.WriteStringValue(user.Value);
            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    private static string? Short(RequestReader read, string field)
    {
        var text = read.Text(field);
        if (text is not null && Encoding.UTF8.GetByteCount(text) > TextBytesMax)
            read.Refuse(ErrorCode.BizErrorInvalidParameter, $"'{field}' has more than {TextBytesMax} bytes.");
        return text;
    }
}
