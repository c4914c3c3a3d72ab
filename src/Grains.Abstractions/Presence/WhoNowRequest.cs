namespace ImOrleans.Grains.Abstractions.Presence;

/// <summary>Asks who is in a channel.</summary>
/// <param name="WithUsers">Whether users are named; if not, they are only counted.</param>
/// <param name="WithStates">Whether the states of named users are told.</param>
/// <param name="Page">Where an earlier answer ended; null for the first page.</param>
[GenerateSerializer, Immutable, Alias("im.WhoNowRequest")]
public sealed record WhoNowRequest(
    [property: Id(0)] bool WithUsers,
    [property: Id(1)] bool WithStates,
    [property: Id(2)] string? Page);
