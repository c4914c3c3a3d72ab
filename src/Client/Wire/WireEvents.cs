namespace ImOrleans.Client.Wire;

/// <summary>An element of <c>OnMessages</c> (PROTOCOL.md, section 8).</summary>
internal sealed record WireMessage(
    string Channel, string ChannelType, string? Topic, string Publisher, string MessageType, string Payload,
    string? CustomType, long SentAt, long? SendTs, long Offset = 0, string Epoch = "")
{
    public Payload ToPayload() => MessageType == "binary" ? new(Convert.FromBase64String(Payload)) : new(Payload);

    public ChannelMessage ToChannelMessage() => new(
        Channel, Publisher, ToPayload(), CustomType, DateTimeOffset.FromUnixTimeMilliseconds(SentAt), new(Offset, Epoch));

    public UserMessage ToUserMessage() =>
        new(Publisher, Channel, ToPayload(), CustomType, DateTimeOffset.FromUnixTimeMilliseconds(SentAt));
}

/// <summary>An element of <c>OnTopicEvents</c>.</summary>
internal sealed record WireTopicEvent(
    string Type, string Channel, string Topic, string UserId, Dictionary<string, string[]>? Snapshot);

/// <summary>An element of <c>OnTokenEvents</c>.</summary>
internal sealed record WireTokenEvent(string Type, string Channel, long ExpiresAt);

/// <summary>An element of <c>OnChatNotify</c>.</summary>
internal sealed record WireChatNotice(int ConversationType, string TargetId);

/// <summary>An element of <c>OnConnectionEvents</c>.</summary>
internal sealed record WireConnectionEvent(
    int State, int Reason, string? Message = null, int? CloseCode = null, double? ReconnectAfterMs = null,
    int? Dropped = null, string? Session = null, bool Resumed = false, string? Channel = null, int? ErrorCode = null,
    int? PreviousCloseCode = null, bool Lost = false);
