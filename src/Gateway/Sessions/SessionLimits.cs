using ImOrleans.Domain.Delivery;
using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Domain.Limits;

namespace ImOrleans.Gateway.Sessions;

/// <summary>
/// The rates of one client, and its share of those of its user. Safe for concurrent use. What is refused uses nothing up.
/// </summary>
/// <param name="options">The rates.</param>
/// <param name="clock">The clock.</param>
/// <param name="users">Those of users as a whole; null: there are none.</param>
/// <param name="user">Whose client it is.</param>
internal sealed class SessionLimits(
    RateLimitOptions options, TimeProvider clock, UserRates? users = null, UserId user = default)
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
    public Refusal? TakeCall() => Take(
        ref _calls, options.CallsPerSecond, users?.Calls, ErrorCode.OperationRateExceedLimitation, "calls");

    /// <summary>Counts a call about metadata.</summary>
    public Refusal? TakeMetadata() =>
        TakeAsCall(ref _metadata, options.MetadataCallsPerSecond, users?.Metadata, "calls about metadata");

    /// <summary>Counts an acquisition of a lock.</summary>
    public Refusal? TakeLockAcquire() => TakeAsCall(
        ref _acquisitions, options.LockAcquisitionsPerSecond, users?.LockAcquisitions, "acquisitions of locks");

    /// <summary>Counts a channel or user message.</summary>
    public Refusal? TakeMessage() => Take(
        ref _messages, options.MessagesPerSecond, users?.Messages, ErrorCode.ChannelPublishMessageTooFrequent, "messages");

    /// <summary>Counts a message of a conversation; all clients of a user share one rate.</summary>
    public Refusal? TakeConversationMessage() =>
        TakeOfUser(users?.ConversationMessages, ErrorCode.SendFrequencyTooFast, "messages of conversations");

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
            var refusal = isTaken
                ? TakeOfUser(users?.TopicMessages, ErrorCode.ChannelPublishMessageTooFrequent, "messages in topics")
                : TooManyMessages(retryAfter);
            if (isTaken && refusal is not null)
                bucket.GiveBack();
            _topics[(channel, topic)] = new(bucket, clock.GetTimestamp());
            return refusal;
        }
    }

    /// <summary>Forgets a topic that the client has left.</summary>
    public void ForgetTopic(ChannelName channel, TopicName topic)
    {
        lock (_gate)
            _topics.Remove((channel, topic));
    }

    /// <summary>Counts what has a rate of its own and is a call too.</summary>
    private Refusal? TakeAsCall(ref TokenBucket bucket, int limit, RateTable<UserId>? ofUser, string what)
    {
        if (Take(ref bucket, limit, ofUser, ErrorCode.OperationRateExceedLimitation, what) is { } refusal)
            return refusal;
        if (TakeCall() is not { } tooMany)
            return null;
        lock (_gate)
            bucket.GiveBack();
        ofUser?.GiveBack(user);
        return tooMany;
    }

    private Refusal? Take(ref TokenBucket bucket, int limit, RateTable<UserId>? ofUser, ErrorCode code, string what)
    {
        if (limit == 0)
            return null;
        lock (_gate)
        {
            if (!bucket.TryTake(clock, out var retryAfter))
                return TooMany(code, limit, what, retryAfter);
            if (TakeOfUser(ofUser, code, what) is not { } refusal)
                return null;
            bucket.GiveBack();
            return refusal;
        }
    }

    private Refusal? TakeOfUser(RateTable<UserId>? ofUser, ErrorCode code, string what) =>
        ofUser is null || ofUser.TryTake(user, out var retryAfter)
            ? null
            : TooMany(code, (int)ofUser.RatePerSecond, $"{what} of all clients of a user", retryAfter);

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
