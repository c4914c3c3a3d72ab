namespace ImOrleans.Grains.Abstractions.MessageChannels;

/// <summary>What a subscriber of a message channel hears of.</summary>
[Flags, GenerateSerializer, Alias("im.ChannelFeeds")]
public enum ChannelFeeds
{
    /// <summary>Nothing; as a wish it stands for <see cref="Default"/>, since nobody subscribes to nothing.</summary>
    None = 0,

    /// <summary>The messages.</summary>
    Messages = 1,

    /// <summary>Who comes and goes.</summary>
    Presence = 2,

    /// <summary>Changes of the channel's metadata.</summary>
    Metadata = 4,

    /// <summary>Changes of the channel's locks.</summary>
    Locks = 8,

    /// <summary>What is meant when nothing is said (feature row R16).</summary>
    Default = Messages | Presence,
}
