using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Gateway.Sessions;
using ImOrleans.Gateway.Tests.Doubles;

namespace ImOrleans.Gateway.Tests.Sessions;

/// <summary>What a user's sessions may do together.</summary>
public sealed class UserRatesTests
{
    private static readonly ChannelName Lobby = new("lobby");
    private static readonly TopicName News = new("news");

    private readonly ManualTimeProvider _clock = new();

    [Fact]
    public void The_sessions_of_a_user_have_the_rates_of_so_many_clients_together()
    {
        var sessions = Sessions(new() { CallsPerSecond = 20, ClientsPerUser = 2 }, "ann", "ann", "ann", "bob");
        Take(20, sessions[0].TakeCall);
        Take(20, sessions[1].TakeCall);
        AssertRefused(ErrorCode.OperationRateExceedLimitation, 25, "At most 40 calls of all", sessions[2].TakeCall());
        Take(20, sessions[3].TakeCall);
        _clock.Advance(TimeSpan.FromMilliseconds(25));
        Take(1, sessions[2].TakeCall);
        AssertRefused(ErrorCode.OperationRateExceedLimitation, 25, "At most 40 calls of all", sessions[2].TakeCall());
    }

    [Fact]
    public void A_session_that_ends_and_comes_again_gains_nothing()
    {
        var options = new RateLimitOptions { MessagesPerSecond = 60, ClientsPerUser = 1 };
        var rates = new UserRates(options, _clock);
        Take(60, new SessionLimits(options, _clock, rates, new("ann")).TakeMessage);
        AssertRefused(
            ErrorCode.ChannelPublishMessageTooFrequent, 17, "At most 60 messages of all",
            new SessionLimits(options, _clock, rates, new("ann")).TakeMessage());
    }

    [Fact]
    public void Each_kind_counts_for_itself()
    {
        var options = new RateLimitOptions
        {
            CallsPerSecond = 3, MessagesPerSecond = 1, TopicMessagesPerSecond = 1, MetadataCallsPerSecond = 1,
            LockAcquisitionsPerSecond = 1, ClientsPerUser = 1,
        };
        var sessions = Sessions(options, "ann", "ann");
        Take(1, sessions[0].TakeMessage);
        Take(1, sessions[0].TakeMetadata);
        Take(1, sessions[0].TakeLockAcquire);
        Take(1, sessions[0].TakeCall);
        foreach (var refused in (Refusal?[])
            [sessions[1].TakeMessage(), sessions[1].TakeMetadata(), sessions[1].TakeLockAcquire(), sessions[1].TakeCall()])
            Assert.Contains("of all clients of a user", refused?.Message);
    }

    /// <summary>Eight topics of one channel at their full rate, times the clients.</summary>
    [Fact]
    public void Messages_in_all_topics_count_together()
    {
        var sessions = Sessions(new() { TopicMessagesPerSecond = 200, ClientsPerUser = 1 }, "ann", "ann");
        for (var topic = 0; topic < 8; topic++)
            Take(200, () => sessions[0].TakeTopicMessage(Lobby, new($"{topic}")));
        Assert.Contains("At most 1600 ", sessions[1].TakeTopicMessage(Lobby, News)?.Message);
    }

    /// <summary>A refusal of the user's leaves the session its own, and the other way round.</summary>
    [Fact]
    public void What_is_refused_uses_nothing_up()
    {
        var sessions = Sessions(new() { CallsPerSecond = 2, ClientsPerUser = 1 }, "ann", "ann");
        Take(2, sessions[0].TakeCall);
        for (var i = 0; i < 10; i++)
            Assert.Contains("At most 2 calls of all", sessions[1].TakeCall()?.Message);
        for (var i = 0; i < 10; i++)
            Assert.Contains("At most 2 calls a second", sessions[0].TakeCall()?.Message);
        _clock.Advance(TimeSpan.FromSeconds(1));
        Take(2, sessions[1].TakeCall);

        // One of a kind that is a call too: without a call it is none.
        var busy = Sessions(new() { CallsPerSecond = 1, MetadataCallsPerSecond = 2, ClientsPerUser = 1 }, "bob", "bob");
        Take(1, busy[0].TakeCall);
        for (var i = 0; i < 10; i++)
            Assert.Contains("calls a second", busy[0].TakeMetadata()?.Message);
        _clock.Advance(TimeSpan.FromSeconds(1));
        Take(1, busy[0].TakeMetadata);

        var topics = Sessions(new() { TopicMessagesPerSecond = 1, ClientsPerUser = 1 }, "cid", "cid");
        for (var topic = 0; topic < 8; topic++)
            Take(1, () => topics[0].TakeTopicMessage(Lobby, new($"{topic}")));
        Assert.Contains("At most 8 ", topics[1].TakeTopicMessage(Lobby, News)?.Message);
        _clock.Advance(TimeSpan.FromMilliseconds(125));
        Take(1, () => topics[1].TakeTopicMessage(Lobby, News));
    }

    [Theory]
    [InlineData(0, 20)]
    [InlineData(5, 0)]
    public void Zero_switches_it_off(int clientsPerUser, int callsPerSecond)
    {
        var options = new RateLimitOptions { CallsPerSecond = callsPerSecond, ClientsPerUser = clientsPerUser };
        foreach (var session in Sessions(options, [.. Enumerable.Repeat("ann", 50)]))
            Take(20, session.TakeCall);
    }

    [Fact]
    public async Task Sessions_of_one_gateway_share_them()
    {
        using var bench = new GatewayBench();
        for (var i = 0; i < 5; i++)
            Take(60, (await bench.ConnectAsync()).Limits.TakeMessage);
        var refused = (await bench.ConnectAsync()).Limits.TakeMessage();
        Assert.Contains("At most 300 messages of all", refused?.Message);
        Take(60, (await bench.ConnectAsync("bob")).Limits.TakeMessage);
    }

    private SessionLimits[] Sessions(RateLimitOptions options, params string[] users)
    {
        var rates = new UserRates(options, _clock);
        return [.. users.Select(user => new SessionLimits(options, _clock, rates, new(user)))];
    }

    private static void Take(int times, Func<Refusal?> take)
    {
        for (var i = 0; i < times; i++)
            Assert.Null(take());
    }

    private static void AssertRefused(ErrorCode code, int milliseconds, string message, Refusal? refusal)
    {
        Assert.Equal(code, refusal?.Code);
        Assert.Equal(milliseconds, Math.Ceiling(refusal?.RetryAfter?.TotalMilliseconds ?? 0));
        Assert.StartsWith(message, refusal?.Message, StringComparison.Ordinal);
    }
}
