namespace ImOrleans.Grains.Abstractions.Sessions;

/// <summary>The other gateway has all of the session that lasts; now it takes the rest, and the session is its own.</summary>
/// <param name="Claim">Which session.</param>
/// <param name="Received">How many of its events the client has got.</param>
[GenerateSerializer, Immutable, Alias("im.TakeSessionRequest")]
public sealed record TakeSessionRequest(
    [property: Id(0)] SessionClaim Claim,
    [property: Id(1)] long Received);
