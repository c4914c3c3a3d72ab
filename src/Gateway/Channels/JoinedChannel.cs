using ImOrleans.Domain.Identifiers;
using ImOrleans.Grains.Abstractions.Rooms;

namespace ImOrleans.Gateway.Channels;

/// <summary>The answer to a join.</summary>
internal sealed record JoinedChannel(ChannelName Channel, IReadOnlyList<TopicPublishers> Topics);
