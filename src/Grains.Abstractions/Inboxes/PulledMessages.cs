using System.Collections.Immutable;
using ImOrleans.Domain.Conversations;

namespace ImOrleans.Grains.Abstractions.Inboxes;

/// <summary>Messages for a device.</summary>
/// <param name="Messages">Those of one conversation in their order; conversations one after the other.</param>
/// <param name="Positions">Up to where the device has received them when it acknowledges.</param>
/// <param name="IsFinished">True when there was nothing more.</param>
[GenerateSerializer, Immutable, Alias("im.PulledMessages")]
public sealed record PulledMessages(
    [property: Id(0)] ImmutableArray<ConversationMessage> Messages,
    [property: Id(1)] ImmutableArray<DevicePosition> Positions,
    [property: Id(2)] bool IsFinished)
{
    /// <summary>How far all was when it was read; null when there is more, or it cannot be said.</summary>
    [Id(3)]
    public InboxMark? Mark { get; init; }

    /// <summary>What was left out of the conversations, at most one stretch of each; never default.</summary>
    [Id(4)]
    public ImmutableArray<SkippedMessages> Skipped { get => field.IsDefault ? [] : field; init; }
}
