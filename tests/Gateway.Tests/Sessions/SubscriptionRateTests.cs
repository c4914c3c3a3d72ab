using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Gateway.Sessions;

namespace ImOrleans.Gateway.Tests.Sessions;

public sealed class SubscriptionRateTests
{
    private static readonly ChannelName Lobby = new("lobby");

    private readonly ManualTimeProvider _clock = new();

    [Fact]
    public void A_channel_is_subscribed_twice_in_any_five_seconds()
    {
        var limits = new SessionLimits(new(), _clock);
        Assert.Null(limits.TakeSubscription(Lobby));
        _clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Null(limits.TakeSubscription(Lobby));
        AssertRefused(3000, limits.TakeSubscription(Lobby));
        Assert.Null(limits.TakeSubscription(new("other")));

        _clock.Advance(TimeSpan.FromSeconds(3) - TimeSpan.FromTicks(1));
        Assert.NotNull(limits.TakeSubscription(Lobby));
        _clock.Advance(TimeSpan.FromTicks(1));
        Assert.Null(limits.TakeSubscription(Lobby));
        AssertRefused(2000, limits.TakeSubscription(Lobby));
    }

    [Fact]
    public void Zero_switches_it_off()
    {
        var limits = new SessionLimits(new() { SubscriptionsPerChannel = 0 }, _clock);
        for (var i = 0; i < 1000; i++)
            Assert.Null(limits.TakeSubscription(Lobby));
    }

    [Fact]
    public void Names_made_up_by_a_client_neither_pile_up_nor_escape_the_limit()
    {
        var limits = new SessionLimits(new(), _clock);
        for (var i = 0; i < SubscriptionRate.ChannelsMax; i++)
            Assert.Null(limits.TakeSubscription(new($"made up {i}")));
        AssertRefused(5000, limits.TakeSubscription(Lobby));

        _clock.Advance(TimeSpan.FromSeconds(5));

        Assert.Null(limits.TakeSubscription(Lobby));
    }

    private static void AssertRefused(int milliseconds, Refusal? refusal)
    {
        Assert.Equal(ErrorCode.ChannelSubscribeTooFrequent, refusal?.Code);
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), refusal?.RetryAfter);
    }
}
