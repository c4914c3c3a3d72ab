namespace ImOrleans.Domain.Conversations;

/// <summary>How far a device has received a conversation.</summary>
/// <param name="Key">Which conversation.</param>
/// <param name="DeliveredSeq">The last message that it has acknowledged, with all before.</param>
[GenerateSerializer, Immutable, Alias("im.DevicePosition")]
public readonly record struct DevicePosition(
    [property: Id(0)] ConversationKey Key,
    [property: Id(1)] long DeliveredSeq);
