using System.Collections.Immutable;
using ImOrleans.Domain.Identifiers;

namespace ImOrleans.Grains.Abstractions.Sessions;

/// <summary>Where a session is, as its user's grain knows without its gateway; what it has there, the grains know.</summary>
/// <param name="Channels">The stream channels that it has joined.</param>
/// <param name="Subscriptions">The message channels that it is subscribed to.</param>
/// <param name="Record">The rest.</param>
/// <param name="IsAway">True when its gateway is given up for lost, so that it need not be asked.</param>
[GenerateSerializer, Immutable, Alias("im.RecalledSession")]
public sealed record RecalledSession(
    [property: Id(0)] ImmutableArray<ChannelName> Channels,
    [property: Id(1)] ImmutableArray<ChannelName> Subscriptions,
    [property: Id(2)] SessionRecord Record,
    [property: Id(3)] bool IsAway);
