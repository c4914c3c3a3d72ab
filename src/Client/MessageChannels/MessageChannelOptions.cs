namespace ImOrleans.Client;

/// <summary>How a message channel is subscribed to.</summary>
public sealed record MessageChannelOptions
{
    /// <summary>Whether messages come. Default: true.</summary>
    public bool WithMessages { get; init; } = true;

    /// <summary>Whether <see cref="MessageChannel.PresenceEvents"/> tells who comes and goes. Default: true.</summary>
    public bool WithPresence { get; init; } = true;

    /// <summary>Whether one is there without anybody being told. Default: false.</summary>
    public bool BeQuiet { get; init; }

    /// <summary>Whether <see cref="MessageChannel.StorageEvents"/> tells of the channel's metadata. Default: false.</summary>
    public bool WithMetadata { get; init; }

    /// <summary>Whether <see cref="MessageChannel.LockEvents"/> tells of the channel's locks. Default: false.</summary>
    public bool WithLocks { get; init; }

    /// <summary>
    /// The place of the last message that the app has from an earlier subscription: all that came since is the
    /// beginning of the feed, while the server keeps it. Default null: from now on.
    /// </summary>
    public MessagePosition? Since { get; init; }
}
