using ImOrleans.Domain.Identifiers;

namespace ImOrleans.Grains.Abstractions.Inboxes;

/// <summary>A device asks for what it has not received.</summary>
/// <param name="Device">Which.</param>
/// <param name="SinceUnixMs">Where a device begins that is not known: its login, or earlier when it wants what is kept.</param>
/// <param name="Count">At most so many messages, 1 to <see cref="Domain.Conversations.ConversationLimits.PullMessagesMax"/>.</param>
[GenerateSerializer, Immutable, Alias("im.PullRequest")]
public sealed record PullRequest(
    [property: Id(0)] DeviceId Device,
    [property: Id(1)] long SinceUnixMs,
    [property: Id(2)] int Count);
