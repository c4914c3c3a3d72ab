using System.Text;
using System.Text.Json;
using ImOrleans.Domain.Conversations;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Grains.Abstractions.Conversations;

namespace ImOrleans.Gateway.Protocols.SignalR;

/// <summary>Reads a message that is to be sent.</summary>
internal static class ChatMessageReader
{
    /// <summary>Which conversation, and what.</summary>
    public static (ConversationKey Conversation, SendChatMessageRequest Message) Read(RequestReader read, UserId sender)
    {
        var conversation = Conversation(read, sender);
        var hasMembers = conversation.Type is ConversationType.Group or ConversationType.Discussion;
        var message = ReadMessage(read, sender, hasMembers);
        if (read.Refusal is null && !hasMembers && (read.Has("toUserIds") || read.Has("mentioned")))
            read.Refuse(ErrorCode.BizErrorInvalidParameter, "'toUserIds' and 'mentioned' are for groups and discussions.");
        return (conversation, message);
    }

    /// <summary>What is to be sent, wherever.</summary>
    /// <param name="read">The request.</param>
    /// <param name="sender">Who sends it.</param>
    /// <param name="hasMembers">Whether it is for groups or a discussion: it may be directed, and may mention members.</param>
    public static SendChatMessageRequest ReadMessage(RequestReader read, UserId sender, bool hasMembers)
    {
        var objectName = read.Text("objectName", isRequired: true);
        if (read.Refusal is null && !ObjectName.IsWellFormed(objectName))
            read.Refuse(
                ErrorCode.BizErrorInvalidParameter,
                $"'objectName' must have 1 to {ConversationLimits.ObjectNameBytesMax} bytes, and no spaces.");
        var isStatus = read.Flag("isStatus", false);
        var content = read.Object("content", ConversationLimits.ContentBytesMax);
        var name = read.Text("clientMessageId");
        if (name is not null && Encoding.UTF8.GetByteCount(name) is 0 or > ConversationLimits.ClientMessageIdBytesMax)
            read.Refuse(
                ErrorCode.BizErrorInvalidParameter,
                $"'clientMessageId' must have 1 to {ConversationLimits.ClientMessageIdBytesMax} bytes.");
        var receivers = hasMembers && read.Has("toUserIds")
            ? read.ChatUsers("toUserIds", ConversationLimits.DirectedUsersMax) : [];
        var flags = (ObjectName.IsCounted(objectName) ? MessageFlags.Counted : MessageFlags.None)
            | (receivers.IsEmpty ? MessageFlags.None : MessageFlags.Directed);
        return new(sender, objectName, content, flags, name)
        {
            Receivers = receivers,
            Extras = ChatMessageExtras.Read(read, hasMembers),
            IsStatus = isStatus || !ObjectName.IsStored(objectName),
        };
    }

    /// <summary>Which conversation, and that somebody writes there.</summary>
    public static (ConversationKey Conversation, SendChatMessageRequest Message) ReadTyping(RequestReader read, UserId sender)
    {
        var conversation = Conversation(read, sender);
        var typed = read.Text("contentType", isRequired: true);
        if (read.Refusal is null && !ObjectName.IsWellFormed(typed))
            read.Refuse(
                ErrorCode.BizErrorInvalidParameter,
                $"'contentType' must have 1 to {ConversationLimits.ObjectNameBytesMax} bytes, and no spaces.");
        var content = JsonSerializer.SerializeToUtf8Bytes(new { typingContentType = typed });
        return (conversation, new(sender, "RC:TypSts", content, MessageFlags.None, null) { IsStatus = true });
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
}
