using System.Globalization;
using System.Text;
using ImOrleans.Domain.Conversations;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Domain.Messages;
using ImOrleans.Gateway.Sessions;
using ImOrleans.Grains.Abstractions.Presence;

namespace ImOrleans.Gateway.Protocols.ImJson;

/// <summary>Turns events into frames; most events have none at this door.</summary>
internal static class ImEventEncoder
{
    private const string Message = "msg";
    private const string Enter = "enter";
    private const string Exit = "exit";
    private const string EnterText = "哈喽~";
    private const string ExitText = "用户已经离开~";

    /// <summary>The event, encoded once for all sessions.</summary>
    public static ImEvents Encode(SessionEvent sessionEvent) => sessionEvent.Encoded(EncodeNew);

    private static ImEvents EncodeNew(SessionEvent sessionEvent) => sessionEvent switch
    {
        ConversationMessagesEvent messages => Messages(messages),
        ImPulledMessage pulled => ImEvents.Of(Stored(pulled.Conversation, pulled.Message, pulled.Viewer)),
        ConversationNoticeEvent => new([], [], HasMore: true),
        ConversationStatusEvent status => Status(status),
        UserMessageEvent message => Signal(message),
        ChannelMessageEvent message => ToAll(message),
        PresenceChangeEvent change => Change(change.Change),
        PresenceIntervalEvent interval => Interval(interval.Interval),
        // The rest is of other protocols, or told by the close frame.
        _ => ImEvents.None,
    };

    private static ImEvents Messages(ConversationMessagesEvent messages) => new(
        [.. messages.Messages.Select(message => Stored(messages.Conversation, message, messages.Viewer))],
        [new(messages.Conversation, messages.AckToken)],
        HasMore: false);

    private static ImEvents.Frame Stored(ConversationKey conversation, StoredMessage message, UserId viewer)
    {
        var sent = message.Message;
        return new(ImFrames.Push(
            ImMessageContent.Seq(sent), Message, ImMessageContent.Read(sent, Target(conversation, sent.Sender, viewer))));
    }

    /// <summary>Commands, such as that somebody writes, mean nothing to these clients; other types are shown.</summary>
    private static ImEvents Status(ConversationStatusEvent status) =>
        ObjectName.IsStored(status.Message.Message.ObjectName)
            ? ImEvents.Of(Stored(status.Conversation, status.Message, status.Viewer))
            : ImEvents.None;

    /// <summary>Who gets a message needs no target, but one of a group, or one that it has sent itself.</summary>
    private static string Target(ConversationKey conversation, UserId sender, UserId viewer) =>
        conversation.Type is ConversationType.Group or ConversationType.Discussion ? conversation.TargetFor(viewer)
        : sender == viewer ? conversation.TargetFor(viewer)
        : "";

    private static ImEvents Signal(UserMessageEvent signal)
    {
        var message = signal.Message;
        var sender = message.Publisher.Value;
        return ImEvents.Of(new ImEvents.Frame(ImFrames.Push(
            Text(message.Sequence), Message,
            message.Payload.Type == MessageType.String
                ? new(sender, Text(message.Payload))
                : new(sender, Convert.ToBase64String(message.Payload.Bytes.Span), Type: "binary"))));
    }

    private static ImEvents ToAll(ChannelMessageEvent sent)
    {
        var message = sent.Message;
        if (!ImToAll.TryRead(message.Payload, out var seq, out var text))
            return ImEvents.None;
        return ImEvents.Of(new ImEvents.Frame(
            ImFrames.Push(seq.Length > 0 ? seq : Text(message.Offset), Message, new(message.Publisher.Value, text)),
            message.Publisher));
    }

    private static ImEvents Change(PresenceChanged change) => change.Kind switch
    {
        PresenceChangeKind.Joined => ImEvents.Of(Entered(Text(change.Sequence), change.User)),
        PresenceChangeKind.Left or PresenceChangeKind.TimedOut =>
            ImEvents.Of(Exited(Text(change.Sequence), change.User)),
        _ => ImEvents.None,
    };

    private static ImEvents Interval(PresenceInterval interval)
    {
        var number = 0;
        return ImEvents.Of(
        [
            .. interval.Joined.Select(user => Entered(Next(), user)),
            .. interval.Left.Concat(interval.TimedOut).Select(user => Exited(Next(), user)),
        ]);

        string Next() => string.Create(CultureInfo.InvariantCulture, $"{interval.Sequence}-{++number}");
    }

    private static ImEvents.Frame Entered(string seq, UserId user) =>
        new(ImFrames.Push(seq, Enter, new(user.Value, EnterText)), user);

    private static ImEvents.Frame Exited(string seq, UserId user) =>
        new(ImFrames.Push(seq, Exit, new(user.Value, ExitText)), user);

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Text(Payload payload) => Encoding.UTF8.GetString(payload.Bytes.Span);
}
