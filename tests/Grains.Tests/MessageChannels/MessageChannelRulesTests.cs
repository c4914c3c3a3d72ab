using ImOrleans.Grains.Abstractions.MessageChannels;
using ImOrleans.Grains.MessageChannels;

namespace ImOrleans.Grains.Tests.MessageChannels;

public sealed class MessageChannelRulesTests
{
    private static readonly GatewayId One = new("g1");
    private static readonly GatewayId Two = new("g2");

    private const ChannelFeeds All =
        ChannelFeeds.Messages | ChannelFeeds.Presence | ChannelFeeds.Metadata | ChannelFeeds.Locks;

    private readonly MessageChannelState _state = new();

    [Theory]
    [InlineData(ChannelFeeds.Messages)]
    [InlineData(ChannelFeeds.Presence)]
    [InlineData(ChannelFeeds.Metadata)]
    [InlineData(ChannelFeeds.Locks)]
    public void A_gateway_wants_a_feed_from_its_first_subscriber_to_its_last(ChannelFeeds feed)
    {
        Subscribe(One, 1, feed);
        Subscribe(One, 2, feed);
        Subscribe(Two, 1, All & ~feed);
        Assert.Equal([One], _state.Interest.In(feed));

        Assert.True(MessageChannelRules.Unsubscribe(_state, new(One, 1)));
        Assert.Equal([One], _state.Interest.In(feed));
        Assert.True(MessageChannelRules.Unsubscribe(_state, new(One, 2)));
        Assert.Empty(_state.Interest.In(feed));
        Assert.False(MessageChannelRules.Unsubscribe(_state, new(One, 2)));
    }

    [Fact]
    public void The_version_moves_when_a_gateway_begins_or_ceases_to_want_a_feed_and_only_then()
    {
        Subscribe(One, 1, ChannelFeeds.Messages);
        var version = _state.Interest.Version;

        Subscribe(One, 1, ChannelFeeds.Messages);
        Subscribe(One, 2, ChannelFeeds.Messages);
        MessageChannelRules.Unsubscribe(_state, new(One, 1));
        Assert.Equal(version, _state.Interest.Version);

        Subscribe(Two, 1, ChannelFeeds.Messages);
        Assert.NotEqual(version, version = _state.Interest.Version);
        MessageChannelRules.Unsubscribe(_state, new(Two, 1));
        Assert.NotEqual(version, _state.Interest.Version);
    }

    [Fact]
    public void A_registration_replaces_what_a_gateway_has_and_leaves_the_others()
    {
        Subscribe(One, 1, ChannelFeeds.Messages);
        Subscribe(One, 2, ChannelFeeds.Locks);
        Subscribe(Two, 1, ChannelFeeds.Locks);

        MessageChannelRules.Register(
            _state, One, [Of(One, 1, ChannelFeeds.Presence), Of(One, 3, ChannelFeeds.Messages)]);

        Assert.Equal(3, _state.Subscriptions.Count);
        Assert.Equal([One], _state.Interest.In(ChannelFeeds.Messages));
        Assert.Equal([One], _state.Interest.In(ChannelFeeds.Presence));
        Assert.Equal([Two], _state.Interest.In(ChannelFeeds.Locks));
        MessageChannelRules.Register(_state, One, []);
        Assert.Equal([Two], _state.Subscriptions.Gateways);
        Assert.Empty(_state.Interest.In(ChannelFeeds.Messages));
    }

    private static ChannelSubscription Of(GatewayId gateway, long session, ChannelFeeds feeds) =>
        new(new(gateway, session), new("ann"), feeds);

    private void Subscribe(GatewayId gateway, long session, ChannelFeeds feeds) =>
        MessageChannelRules.Subscribe(_state, Of(gateway, session, feeds));
}
