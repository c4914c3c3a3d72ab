using ImOrleans.Domain.Messages;

namespace ImOrleans.Grains.Abstractions.MessageChannels;

/// <summary>A channel took a message.</summary>
/// <param name="Position">The message's place.</param>
/// <param name="SentAtUnixMs">The time that subscribers see, in milliseconds of Unix time.</param>
[GenerateSerializer, Immutable, Alias("im.MessagePublished")]
public readonly record struct MessagePublished(
    [property: Id(0)] MessagePosition Position,
    [property: Id(1)] long SentAtUnixMs);
