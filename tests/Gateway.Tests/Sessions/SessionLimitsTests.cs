using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Gateway.Sessions;

namespace ImOrleans.Gateway.Tests.Sessions;

public sealed class SessionLimitsTests
{
    private static readonly ChannelName Lobby = new("lobby");
    private static readonly TopicName News = new("news");

    private readonly ManualTimeProvider _clock = new();

    [Fact]
    public void Calls_above_the_rate_are_refused_with_the_time_to_wait()
    {
        var limits = Limits(new() { CallsPerSecond = 20 });
        Take(20, limits.TakeCall);
        AssertRefused(ErrorCode.OperationRateExceedLimitation, 50, limits.TakeCall());
        _clock.Advance(TimeSpan.FromMilliseconds(50));
        Take(1, limits.TakeCall);
    }

    [Fact]
    public void Messages_above_the_rate_are_refused_with_the_time_to_wait()
    {
        var limits = Limits(new() { MessagesPerSecond = 50 });
        Take(50, limits.TakeMessage);
        AssertRefused(ErrorCode.ChannelPublishMessageTooFrequent, 20, limits.TakeMessage());
    }

    [Fact]
    public void Topic_messages_above_the_rate_are_refused_with_the_time_to_wait_topic_by_topic()
    {
        var limits = Limits(new() { TopicMessagesPerSecond = 200 });
        Take(200, () => limits.TakeTopicMessage(Lobby, News));
        AssertRefused(ErrorCode.ChannelPublishMessageTooFrequent, 5, limits.TakeTopicMessage(Lobby, News));
        Assert.Null(limits.TakeTopicMessage(Lobby, new("chat")));
        Assert.Null(limits.TakeTopicMessage(new("other"), News));
    }

    [Fact]
    public void Calls_about_metadata_and_acquisitions_of_locks_have_rates_of_their_own_and_count_as_calls()
    {
        var limits = Limits(new() { CallsPerSecond = 20 });
        Take(10, limits.TakeMetadata);
        AssertRefused(ErrorCode.OperationRateExceedLimitation, 100, limits.TakeMetadata());
        limits = Limits(new() { CallsPerSecond = 20 });
        Take(10, limits.TakeLockAcquire);
        AssertRefused(ErrorCode.OperationRateExceedLimitation, 100, limits.TakeLockAcquire());
        Take(10, limits.TakeCall); // The refused one was none.
        AssertRefused(ErrorCode.OperationRateExceedLimitation, 50, limits.TakeCall());
        limits = Limits(new() { CallsPerSecond = 0, MetadataCallsPerSecond = 0, LockAcquisitionsPerSecond = 0 });
        Take(1000, limits.TakeMetadata);
        Take(1000, limits.TakeLockAcquire);
    }

    [Fact]
    public void The_three_rates_do_not_touch_each_other()
    {
        var limits = Limits(new() { CallsPerSecond = 1, MessagesPerSecond = 1, TopicMessagesPerSecond = 1 });
        Assert.Null(limits.TakeCall());
        Assert.Null(limits.TakeMessage());
        Assert.Null(limits.TakeTopicMessage(Lobby, News));
    }

    [Fact]
    public void Zero_switches_a_limit_off()
    {
        var limits = Limits(new() { CallsPerSecond = 0, MessagesPerSecond = 0, TopicMessagesPerSecond = 0 });
        Take(1000, limits.TakeCall);
        Take(1000, limits.TakeMessage);
        Take(1000, () => limits.TakeTopicMessage(Lobby, News));
    }

    [Fact]
    public void A_forgotten_topic_begins_anew()
    {
        var limits = Limits(new() { TopicMessagesPerSecond = 1 });
        Assert.Null(limits.TakeTopicMessage(Lobby, News));
        Assert.NotNull(limits.TakeTopicMessage(Lobby, News));
        limits.ForgetTopic(Lobby, News);
        Assert.Null(limits.TakeTopicMessage(Lobby, News));
    }

    /// <summary>Any name can be published to before the session is known to be no publisher there.</summary>
    [Fact]
    public void Names_made_up_by_a_client_neither_pile_up_nor_escape_the_limit()
    {
        var limits = Limits(new() { TopicMessagesPerSecond = 200 });
        var taken = 0;
        while (limits.TakeTopicMessage(Lobby, new($"made up {taken}")) is null)
            Assert.True(++taken <= 800, "More topics are kept than a client can publish in.");
        Assert.Equal(800, taken);
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(limits.TakeTopicMessage(Lobby, News));
    }

    private SessionLimits Limits(RateLimitOptions options) => new(options, _clock);

    private static void Take(int times, Func<Refusal?> take)
    {
        for (var i = 0; i < times; i++)
            Assert.Null(take());
    }

    private static void AssertRefused(ErrorCode code, int milliseconds, Refusal? refusal)
    {
        Assert.Equal(code, refusal?.Code);
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), refusal?.RetryAfter);
    }
}
