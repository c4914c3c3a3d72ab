using ImOrleans.Domain.Identifiers;
using ImOrleans.Domain.Messages;

namespace ImOrleans.Grains.Abstractions.Topics;

/// <summary>A message for a topic.</summary>
/// <param name="Epoch">The activation that the publisher's gateway has registered with.</param>
/// <param name="Session">The publishing session.</param>
/// <param name="Payload">What is sent.</param>
/// <param name="SenderTs">The publisher's own time stamp, carried untouched; null when none was given.</param>
/// <param name="Number">
/// Of the sequence of <see cref="Delivery.RouteUpdate.Generation"/>. A message that a later call of its session has
/// overtaken comes too late: its publisher has been told that the outcome is unknown, and has gone on. So does one from
/// before the session was made a publisher. Both are answered <see cref="Domain.Errors.ErrorCode.RouteStale"/>.
/// </param>
[GenerateSerializer, Immutable, Alias("im.PublishTopicRequest")]
public sealed record PublishTopicRequest(
    [property: Id(0)] long Epoch,
    [property: Id(1)] SessionId Session,
    [property: Id(2)] Payload Payload,
    [property: Id(3)] long? SenderTs,
    [property: Id(4)] long Number);
