using ImOrleans.Domain.Identifiers;
using ImOrleans.Domain.Messages;

namespace ImOrleans.Domain.History;

/// <summary>A message as it is kept.</summary>
/// <param name="Position">
/// Names the message within its history: no two have the same. In a message channel it is the place that subscribers saw.
/// </param>
/// <param name="Publisher">Who sent it.</param>
/// <param name="Payload">What was sent.</param>
/// <param name="SentAtUnixMs">
/// When it was taken, in milliseconds of Unix time. No two messages of one history have the same.
/// </param>
[GenerateSerializer, Immutable, Alias("im.HistoryMessage")]
public sealed record HistoryMessage(
    [property: Id(0)] MessagePosition Position,
    [property: Id(1)] UserId Publisher,
    [property: Id(2)] Payload Payload,
    [property: Id(3)] long SentAtUnixMs);
