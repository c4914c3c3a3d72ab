namespace ImOrleans.Client;

/// <summary>How a stream channel is joined.</summary>
public sealed record StreamChannelOptions
{
    /// <summary>
    /// Gives a token for this channel (its <c>chan</c> is the channel's name). Asked at the join, at every join after a
    /// reconnect, and when the token is about to end. Default null: joined without a token of its own.
    /// </summary>
    public Func<CancellationToken, ValueTask<string>>? TokenProvider { get; init; }

    /// <summary>Whether <see cref="StreamChannel.PresenceEvents"/> tells who comes and goes. Default false.</summary>
    public bool WithPresence { get; init; }

    /// <summary>Whether one is there without anybody being told. Default false.</summary>
    public bool BeQuiet { get; init; }

    /// <summary>
    /// Whether <see cref="StreamChannel.StorageEvents"/> tells of the channel's metadata. Default false.
    /// </summary>
    public bool WithMetadata { get; init; }

    /// <summary>Whether <see cref="StreamChannel.LockEvents"/> tells of the channel's locks. Default false.</summary>
    public bool WithLocks { get; init; }
}
