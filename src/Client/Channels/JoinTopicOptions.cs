namespace ImOrleans.Client;

/// <summary>How one publishes in a topic. Restored with the role after a reconnect.</summary>
public sealed record JoinTopicOptions
{
    /// <summary>Whether order is asked for. Default <see cref="TopicQos.Unordered"/>.</summary>
    public TopicQos Qos { get; init; }

    /// <summary>What slow receivers lose first. Default <see cref="MessagePriority.Normal"/>.</summary>
    public MessagePriority Priority { get; init; } = MessagePriority.Normal;

    /// <summary>Kept by the server with the role. Default none; at most 256 bytes of UTF-8, else 11018.</summary>
    public string? Meta { get; init; }
}
