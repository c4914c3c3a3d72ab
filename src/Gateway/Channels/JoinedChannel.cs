using ImOrleans.Domain.Identifiers;
using ImOrleans.Grains.Abstractions.Presence;
using ImOrleans.Grains.Abstractions.Rooms;
using ImOrleans.Grains.Abstractions.SharedData;

namespace ImOrleans.Gateway.Channels;

/// <summary>The answer to a join.</summary>
/// <param name="Channel">What was joined.</param>
/// <param name="Topics">Who publishes where.</param>
/// <param name="Data">The metadata and locks that were asked for; null when none were.</param>
/// <param name="Presence">Who is there; null when it was not asked for.</param>
internal sealed record JoinedChannel(
    ChannelName Channel, IReadOnlyList<TopicPublishers> Topics, SharedDataWatched? Data = null, PresenceView? Presence = null);
