using System.Collections.Immutable;
using System.Text;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Domain.Limits;
using ImOrleans.Domain.Messages;
using ImOrleans.Gateway.Protocols.GoWire.Frames;

namespace ImOrleans.Gateway.Protocols.GoWire;

/// <summary>
/// Reads the fields of a request by their numbers. The first one that is wrong is kept; what was read after it means nothing.
/// </summary>
internal sealed class GoRequest
{
    /// <summary>What may lie around a payload: names and a label.</summary>
    private const int BytesAroundPayloadMax = 512;

    private static readonly GoMessage Empty = GoMessage.Read(default)!;

    private readonly GoMessage _message;
    private readonly int _messageBytes;

    public GoRequest(GoFrame frame)
    {
        Uri = frame.Uri;
        _messageBytes = frame.Message.Length;
        _message = GoMessage.Read(frame.Message) ?? Empty;
        if (_message == Empty && !frame.Message.IsEmpty)
            Refuse(ErrorCode.InvalidParameter);
    }

    private GoRequest(GoMessage? message, ReadOnlyMemory<byte> bytes)
    {
        _message = message ?? Empty;
        _messageBytes = bytes.Length;
        if (message is null)
            Refuse(ErrorCode.InvalidParameter);
    }

    /// <summary>What is asked.</summary>
    public GoUri Uri { get; }

    /// <summary>What is wrong; null when all that was read is fine.</summary>
    public ErrorCode? Refusal { get; private set; }

    public ChannelName Channel(int field)
    {
        if (!ChannelName.TryParse(Text(field), out var channel))
            Refuse(ErrorCode.InvalidChannelName);
        return channel;
    }

    public TopicName Topic(int field)
    {
        if (!TopicName.TryParse(Text(field), out var topic))
            Refuse(ErrorCode.ChannelInvalidTopicName);
        return topic;
    }

    public UserId User(int field)
    {
        if (!UserId.TryParse(Text(field), out var user))
            Refuse(ErrorCode.InvalidUserId);
        return user;
    }

    /// <summary>The name of a lock.</summary>
    public LockName Lock(int field, ErrorCode malformed = ErrorCode.LockInvalidName)
    {
        if (!LockName.TryParse(Text(field), out var name))
            Refuse(malformed);
        return name;
    }

    /// <summary>The type of a channel, which has to be named.</summary>
    public ChannelType ChannelType(int field)
    {
        var type = (ChannelType)Number(field);
        if (type is not (Domain.Messages.ChannelType.Message or Domain.Messages.ChannelType.Stream))
            Refuse(ErrorCode.InvalidChannelType);
        return type;
    }

    /// <summary>Messages in the message, each to be read by itself.</summary>
    public IEnumerable<GoRequest> Messages(int field) =>
        _message.All(field).Select(bytes => new GoRequest(GoMessage.Read(bytes), bytes));

    /// <summary>A list of user ids, each once.</summary>
    public ImmutableArray<UserId> Users(int field)
    {
        var users = new HashSet<UserId>();
        var count = 0;
        foreach (var bytes in _message.All(field))
        {
            if (++count > RtmLimits.UsersPerRequestMax)
                Refuse(ErrorCode.ChannelInvalidUserList);
            else if (UserId.TryParse(Encoding.UTF8.GetString(bytes.Span), out var user))
                users.Add(user);
            else
                Refuse(ErrorCode.InvalidUserId);
        }

        return [.. users];
    }

    /// <summary>A list of texts.</summary>
    /// <param name="field">Which.</param>
    /// <param name="malformed">What is told when one is no UTF-8.</param>
    public ImmutableArray<string> Texts(int field, ErrorCode malformed)
    {
        ImmutableArray<string> texts = [.. _message.All(field).Select(bytes => Encoding.UTF8.GetString(bytes.Span))];
        if (texts.Any(text => text.Contains('\uFFFD', StringComparison.Ordinal)))
            Refuse(malformed);
        return texts;
    }

    public string Text(int field) => _message.Text(field);

    public long Number(int field) => _message.Number(field);

    /// <summary>True when the field is there and is text or bytes.</summary>
    public bool HasBytes(int field) => _message.HasBytes(field);

    /// <summary>A text that may be left out.</summary>
    /// <param name="field">Which.</param>
    /// <param name="malformed">What is told when it is no UTF-8.</param>
    public string? TextOrNull(int field, ErrorCode malformed)
    {
        var text = Text(field);
        if (text.Contains('\uFFFD', StringComparison.Ordinal))
            Refuse(malformed);
        return text.Length == 0 ? null : text;
    }

    /// <summary>The message of a publish.</summary>
    public Payload Payload(int typeField, int bytesField, int customTypeField, int bytesMax)
    {
        var number = Number(typeField);
        if (number is not ((long)MessageType.Binary or (long)MessageType.String))
            Refuse(ErrorCode.ChannelUnsupportedMessageType);
        var type = number == (long)MessageType.String ? MessageType.String : MessageType.Binary;
        var customType = TextOrNull(customTypeField, ErrorCode.ChannelInvalidCustomType);
        if (customType?.Length > RtmLimits.CustomTypeLengthMax)
            Refuse(ErrorCode.ChannelCustomTypeLengthOverflow);
        var bytes = _message.Bytes(bytesField);
        if (bytes.Length > bytesMax)
            Refuse(ErrorCode.ChannelMessageLengthExceedLimitation);
        // Clients of other doors are promised text, and could not be sent this.
        else if (type == MessageType.String && !System.Text.Unicode.Utf8.IsValid(bytes.Span))
            Refuse(ErrorCode.ChannelInvalidMessage);
        // What waits for slow clients is counted by the payload: nothing much larger may be kept for its sake.
        return new(type, _messageBytes > bytes.Length + BytesAroundPayloadMax ? bytes.ToArray() : bytes, customType);
    }

    /// <summary>Keeps a refusal of the caller's own rule.</summary>
    public void Refuse(ErrorCode code) => Refusal ??= code;
}
