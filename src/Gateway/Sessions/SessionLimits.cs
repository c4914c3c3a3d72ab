using ImOrleans.Domain.Delivery;
using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Domain.Limits;

namespace ImOrleans.Gateway.Sessions;

/// <summary>The rates of one client. Safe for concurrent use.</summary>
internal sealed class SessionLimits(RateLimitOptions options, TimeProvider clock)
{
    /// <summary>Topics whose rates are kept: as many as one client can publish in.</summary>
    private const int TopicsMax = RtmLimits.PublishedTopicsMax * RtmLimits.JoinedChannelsMax;

    /// <summary>A bucket that was left alone for so long is full again.</summary>
    private static readonly TimeSpan RefillTime = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<(ChannelName, TopicName), TopicRate> _topics = [];
    private readonly SubscriptionRate _subscriptions = new(options.SubscriptionsPerChannel, clock);
    private TokenBucket _calls = new(options.CallsPerSecond);
    private TokenBucket _messages = new(options.MessagesPerSecond);
    private TokenBucket _metadata = new(options.MetadataCallsPerSecond);
    private TokenBucket _acquisitions = new(options.LockAcquisitionsPerSecond);

    /// <summary>Counts a call; a refusal when there were too many.</summary>
    public Refusal? TakeCall()
    {
        if (options.CallsPerSecond == 0)
            return null;
        lock (_gate)
            return _calls.TryTake(clock, out var retryAfter)
                ? null
                : TooMany(ErrorCode.OperationRateExceedLimitation, options.CallsPerSecond, "calls", retryAfter);
    }

    /// <summary>Counts a call about metadata.</summary>
    public Refusal? TakeMetadata() =>
        TakeOf(ref _metadata, options.MetadataCallsPerSecond, "calls about metadata") ?? TakeCall();

    /// <summary>Counts an acquisition of a lock.</summary>
    public Refusal? TakeLockAcquire() =>
        TakeOf(ref _acquisitions, options.LockAcquisitionsPerSecond, "acquisitions of locks") ?? TakeCall();

    /// <summary>Counts a channel or user message.</summary>
    public Refusal? TakeMessage()
    {
        if (options.MessagesPerSecond == 0)
            return null;
        lock (_gate)
            return _messages.TryTake(clock, out var retryAfter)
                ? null
                : TooMany(
                    ErrorCode.ChannelPublishMessageTooFrequent, options.MessagesPerSecond, "messages", retryAfter);
    }

    /// <summary>Counts a subscription to a message channel.</summary>
    public Refusal? TakeSubscription(ChannelName channel)
    {
        if (options.SubscriptionsPerChannel == 0)
            return null;
        lock (_gate)
            return _subscriptions.TryTake(channel, out var retryAfter)
                ? null
                : new(
                    ErrorCode.ChannelSubscribeTooFrequent,
                    $"At most {options.SubscriptionsPerChannel} subscriptions to one channel in 5 s; wait before the next.",
                    retryAfter);
    }

    /// <summary>Counts a message in a topic, whether or not the client turns out to publish there.</summary>
    public Refusal? TakeTopicMessage(ChannelName channel, TopicName topic)
    {
        if (options.TopicMessagesPerSecond == 0)
            return null;
        lock (_gate)
        {
            if (!_topics.TryGetValue((channel, topic), out var rate))
            {
                if (_topics.Count >= TopicsMax)
                    ForgetIdleTopics();
                if (_topics.Count >= TopicsMax)
                    return TooManyMessages(RefillTime);
                rate = new(new(options.TopicMessagesPerSecond), 0);
            }

            var bucket = rate.Bucket;
            var isTaken = bucket.TryTake(clock, out var retryAfter);
            _topics[(channel, topic)] = new(bucket, clock.GetTimestamp());
            return isTaken ? null : TooManyMessages(retryAfter);
        }
    }

    /// <summary>Forgets a topic that the client has left.</summary>
    public void ForgetTopic(ChannelName channel, TopicName topic)
    {
        lock (_gate)
            _topics.Remove((channel, topic));
    }

    private Refusal? TakeOf(ref TokenBucket bucket, int limit, string what)
    {
        if (limit == 0)
            return null;
        lock (_gate)
            return bucket.TryTake(clock, out var retryAfter)
                ? null
                : TooMany(ErrorCode.OperationRateExceedLimitation, limit, what, retryAfter);
    }

    private void ForgetIdleTopics()
    {
        foreach (var (topic, rate) in _topics)
            if (clock.GetElapsedTime(rate.UsedAt) >= RefillTime)
                _topics.Remove(topic);
    }

    private Refusal TooManyMessages(TimeSpan retryAfter) => TooMany(
        ErrorCode.ChannelPublishMessageTooFrequent, options.TopicMessagesPerSecond, "messages in one topic",
        retryAfter);

    private static Refusal TooMany(ErrorCode code, int limit, string what, TimeSpan retryAfter) =>
        new(code, $"At most {limit} {what} a second; wait before the next.", retryAfter);

    private readonly record struct TopicRate(TokenBucket Bucket, long UsedAt);
}
