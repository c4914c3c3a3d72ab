using ImOrleans.Domain.Identifiers;

namespace ImOrleans.Grains.Abstractions.Inboxes;

/// <summary>A device asks for what it has not received.</summary>
/// <param name="Device">Which.</param>
/// <param name="Count">At most so many messages, 1 to <see cref="Domain.Conversations.ConversationLimits.PullMessagesMax"/>.</param>
[GenerateSerializer, Immutable, Alias("im.PullRequest")]
public sealed record PullRequest(
    [property: Id(0)] DeviceId Device,
    [property: Id(2)] int Count)
{
    /// <summary>Whether a device that is not known begins with what comes from now on; else with all that waits.</summary>
    [Id(3)]
    public bool FromNow { get; init; }
}
