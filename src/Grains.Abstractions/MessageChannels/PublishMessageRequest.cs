using System.Collections.Immutable;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Domain.Messages;
using ImOrleans.Grains.Abstractions.Sessions;

namespace ImOrleans.Grains.Abstractions.MessageChannels;

/// <summary>A message for a channel.</summary>
/// <param name="Epoch">The activation that is meant, as <see cref="IMessageChannelGrain.GetEpochAsync"/> told.</param>
/// <param name="Session">The publishing session; it need not be subscribed.</param>
/// <param name="Publisher">Its user.</param>
/// <param name="Payload">What is sent.</param>
/// <param name="IdempotencyKey">
/// A publish of the same user with the same key is the same publish, for as long as the channel remembers it; null: every
/// publish is one of its own.
/// </param>
/// <param name="Number">
/// Of the sequence of <see cref="Delivery.RouteUpdate.Generation"/>. A message that a later one of its session has
/// overtaken comes too late: its publisher has been told that the outcome is unknown, and has gone on.
/// </param>
/// <remarks>
/// A session states number and activation anew with every attempt. So what is held up on its way can be taken neither
/// after a later message, nor by an activation that does not know of the later one.
/// </remarks>
[GenerateSerializer, Immutable, Alias("im.PublishMessageRequest")]
public sealed record PublishMessageRequest(
    [property: Id(0)] long Epoch,
    [property: Id(1)] SessionId Session,
    [property: Id(2)] UserId Publisher,
    [property: Id(3)] Payload Payload,
    [property: Id(4)] string? IdempotencyKey,
    [property: Id(5)] long Number)
{
    /// <summary>
    /// Sessions of lost gateways for which this one goes on: nothing is taken of them any more; see
    /// <see cref="SessionRecord.Over"/>.
    /// </summary>
    [Id(6)]
    public ImmutableArray<SessionId> Over { get; init; } = [];

    /// <summary>How urgent it is; subscribers are told.</summary>
    [Id(7)]
    public MessageLevel Level { get; init; }
}
