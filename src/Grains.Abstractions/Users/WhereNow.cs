using System.Collections.Immutable;
using ImOrleans.Domain.Identifiers;

namespace ImOrleans.Grains.Abstractions.Users;

/// <summary>The channels in which a user is seen at this moment, each once, in order of their names.</summary>
/// <param name="StreamChannels">Stream channels.</param>
/// <param name="MessageChannels">Message channels.</param>
[GenerateSerializer, Immutable, Alias("im.WhereNow")]
public sealed record WhereNow(
    [property: Id(0)] ImmutableArray<ChannelName> StreamChannels,
    [property: Id(1)] ImmutableArray<ChannelName> MessageChannels);
