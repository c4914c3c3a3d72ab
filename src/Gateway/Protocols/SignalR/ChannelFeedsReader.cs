using ImOrleans.Grains.Abstractions.MessageChannels;

namespace ImOrleans.Gateway.Protocols.SignalR;

/// <summary>Reads what a subscriber wants to hear of.</summary>
internal static class ChannelFeedsReader
{
    public static ChannelFeeds Read(RequestReader read) =>
        Flag(read, "withMessage", ChannelFeeds.Messages)
        | Flag(read, "withPresence", ChannelFeeds.Presence)
        | Flag(read, "withMetadata", ChannelFeeds.Metadata)
        | Flag(read, "withLock", ChannelFeeds.Locks);

    private static ChannelFeeds Flag(RequestReader read, string field, ChannelFeeds feed) =>
        read.Flag(field, ChannelFeeds.Default.HasFlag(feed)) ? feed : ChannelFeeds.None;
}
