namespace ImOrleans.Domain.Limits;

/// <summary>The limits of RTM2 that clients rely on and that no option changes.</summary>
/// <remarks><b>Source:</b> the feature row named at each constant.</remarks>
public static class RtmLimits
{
    /// <summary>Publishers that one subscriber follows in one topic (R27).</summary>
    public const int PublishersPerSubscriberMax = 64;

    /// <summary>Topics in which one client publishes, a channel (R24).</summary>
    public const int PublishedTopicsMax = 8;

    /// <summary>Topics that one client subscribes to, a channel (R27).</summary>
    public const int SubscribedTopicsMax = 50;

    /// <summary>Stream channels that one client joins (R22).</summary>
    public const int JoinedChannelsMax = 100;

    /// <summary>Message channels that one client subscribes to (R16).</summary>
    public const int SubscribedChannelsMax = 50;

    /// <summary>The time in which one client may subscribe to one message channel only so often (R14).</summary>
    public static readonly TimeSpan SubscriptionPeriod = TimeSpan.FromSeconds(5);

    /// <summary>Bytes of UTF-8 of the key that makes a publish safe to repeat (X4).</summary>
    public const int IdempotencyKeyBytesMax = 128;

    /// <summary>Bytes of a topic message (R25).</summary>
    public const int TopicPayloadBytesMax = 1024;

    /// <summary>Bytes of a channel or user message (R15).</summary>
    public const int MessagePayloadBytesMax = 32 * 1024;

    /// <summary>Characters of a custom type (R15).</summary>
    public const int CustomTypeLengthMax = 32;

    /// <summary>Bytes of UTF-8 of a topic's meta (R24).</summary>
    public const int TopicMetaBytesMax = 256;

    /// <summary>User ids that one request may name: four times what a topic's subscription can hold.</summary>
    public const int UsersPerRequestMax = 256;

    /// <summary>The shortest time for which a session may outlive its connection (R43).</summary>
    public static readonly TimeSpan PresenceTimeoutMin = TimeSpan.FromSeconds(5);

    /// <summary>The longest time for which a session outlives its connection, and the usual one (R43).</summary>
    public static readonly TimeSpan PresenceTimeoutMax = TimeSpan.FromSeconds(300);

    /// <summary>How long before the end of a token its owner is told (R6).</summary>
    public static readonly TimeSpan TokenWarning = TimeSpan.FromSeconds(30);
}
