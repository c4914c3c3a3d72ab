using ImOrleans.Domain.Identifiers;
using ImOrleans.Grains.Abstractions.MessageChannels;

namespace ImOrleans.Grains.MessageChannels;

/// <summary>Which gateways want which feed, with how many subscribers each.</summary>
internal sealed class FeedInterest
{
    private static readonly ChannelFeeds[] Feeds =
        [ChannelFeeds.Messages, ChannelFeeds.Presence, ChannelFeeds.Metadata, ChannelFeeds.Locks];

    private readonly Dictionary<ChannelFeeds, Dictionary<GatewayId, int>> _gateways =
        Feeds.ToDictionary(feed => feed, _ => new Dictionary<GatewayId, int>());

    /// <summary>Changes whenever a gateway begins or ceases to want a feed.</summary>
    public int Version { get; private set; }

    /// <summary>The gateways that want one feed.</summary>
    public IReadOnlyCollection<GatewayId> In(ChannelFeeds feed) => _gateways[feed].Keys;

    /// <summary>A subscriber wants these feeds.</summary>
    public void Add(GatewayId gateway, ChannelFeeds feeds)
    {
        foreach (var feed in Feeds.Where(feed => feeds.HasFlag(feed)))
            if (_gateways[feed].TryGetValue(gateway, out var subscribers))
            {
                _gateways[feed][gateway] = subscribers + 1;
            }
            else
            {
                _gateways[feed].Add(gateway, 1);
                Version++;
            }
    }

    /// <summary>A subscriber that wanted these feeds wants them no more.</summary>
    public void Remove(GatewayId gateway, ChannelFeeds feeds)
    {
        foreach (var feed in Feeds.Where(feed => feeds.HasFlag(feed)))
            if (--_gateways[feed][gateway] == 0)
            {
                _gateways[feed].Remove(gateway);
                Version++;
            }
    }
}
