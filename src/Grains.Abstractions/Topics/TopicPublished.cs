namespace ImOrleans.Grains.Abstractions.Topics;

/// <summary>A topic took a message.</summary>
/// <param name="SentAtUnixMs">The time that subscribers see, in milliseconds of Unix time.</param>
[GenerateSerializer, Immutable, Alias("im.TopicPublished")]
public readonly record struct TopicPublished([property: Id(0)] long SentAtUnixMs);
