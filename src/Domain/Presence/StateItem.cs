namespace ImOrleans.Domain.Presence;

/// <summary>One pair of what a user says of itself in a channel.</summary>
[GenerateSerializer, Immutable, Alias("im.StateItem")]
public readonly record struct StateItem([property: Id(0)] string Key, [property: Id(1)] string Value);
