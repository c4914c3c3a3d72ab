using System.Text;
using System.Text.Json;
using ImOrleans.Domain.Conversations;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Grains.Abstractions.Conversations;

namespace ImOrleans.Gateway.Protocols.SignalR;

/// <summary>Reads a message that is to be sent.</summary>
internal static class ChatMessageReader
{
    private const int TextBytesMax = 1024;

    /// <summary>Which conversation, and what.</summary>
    public static (ConversationKey Conversation, SendChatMessageRequest Message) Read(RequestReader read, UserId sender)
    {
        var conversation = Conversation(read, sender);
        var objectName = read.Text("objectName", isRequired: true);
        if (read.Refusal is null && !ObjectName.IsWellFormed(objectName))
            read.Refuse(
                ErrorCode.BizErrorInvalidParameter,
                $"'objectName' must have 1 to {ConversationLimits.ObjectNameBytesMax} bytes, and no spaces.");
        if (read.Refusal is null && (!ObjectName.IsStored(objectName) || read.Flag("isStatus", false)))
            read.Refuse(ErrorCode.BizErrorInvalidParameter, "Messages that are not stored are not served yet.");
        var content = read.Object("content", ConversationLimits.ContentBytesMax);
        var name = read.Text("clientMessageId");
        if (name is not null && Encoding.UTF8.GetByteCount(name) is 0 or > ConversationLimits.ClientMessageIdBytesMax)
            read.Refuse(
                ErrorCode.BizErrorInvalidParameter,
                $"'clientMessageId' must have 1 to {ConversationLimits.ClientMessageIdBytesMax} bytes.");
        if (read.Refusal is null && (read.Has("toUserIds") || read.Has("mentioned")))
            read.Refuse(ErrorCode.BizErrorInvalidParameter, "'toUserIds' and 'mentioned' are for groups.");
        var extras = Extras(read);
        var flags = ObjectName.IsCounted(objectName) ? MessageFlags.Counted : MessageFlags.None;
        return (conversation, new(sender, objectName, content, flags, name) { Extras = extras });
    }

    private static ConversationKey Conversation(RequestReader read, UserId sender)
    {
        read.Require("conversationType");
        var type = read.Number("conversationType");
        var target = read.Text("targetId", isRequired: true);
        switch (type)
        {
            case (long)ConversationType.Private:
                if (read.Refusal is null && !UserId.TryParse(target, out _))
                    read.Refuse(ErrorCode.BizErrorInvalidParameter, "'targetId' is no user id.");
                return ConversationKey.Private(sender, new(target));
            case (long)ConversationType.Discussion or (long)ConversationType.Group:
                if (read.Refusal is null && !GroupId.TryParse(target, out _))
                    read.Refuse(ErrorCode.BizErrorInvalidParameter, "'targetId' is no id of a group.");
                return type == (long)ConversationType.Group
                    ? ConversationKey.Group(new(target))
                    : ConversationKey.Discussion(new(target));
            default:
                read.Refuse(
                    ErrorCode.BizErrorInvalidParameter,
                    "'conversationType' must be 1 (private), 2 (discussion) or 3 (group).");
                return default;
        }
    }

    private static ReadOnlyMemory<byte> Extras(RequestReader read)
    {
        var content = Short(read, "pushContent");
        var data = Short(read, "pushData");
        if (content is null && data is null)
            return default;
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            if (content is not null)
                writer.WriteString("pushContent", content);
            if (data is not null)
                writer.WriteString("pushData", data);
            writer.WriteEndObject();
        }

        return stream.ToArray();
    }

    private static string? Short(RequestReader read, string field)
    {
        var text = read.Text(field);
        if (text is not null && Encoding.UTF8.GetByteCount(text) > TextBytesMax)
            read.Refuse(ErrorCode.BizErrorInvalidParameter, $"'{field}' has more than {TextBytesMax} bytes.");
        return text;
    }
}
