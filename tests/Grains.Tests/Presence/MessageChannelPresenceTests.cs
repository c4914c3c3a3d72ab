using ImOrleans.Grains.Abstractions.Delivery;
using ImOrleans.Grains.Abstractions.MessageChannels;
using ImOrleans.Grains.Abstractions.Presence;
using ImOrleans.Grains.Tests.Kit;

namespace ImOrleans.Grains.Tests.Presence;

/// <summary>Presence in message channels.</summary>
public sealed class MessageChannelPresenceTests : ChannelPresenceTests
{
    /// <summary>A call that its gateway has given up took the session's wish away, and the gateway states it anew.</summary>
    [Fact]
    public void A_session_that_wants_to_be_told_again_is_shown_who_is_there()
    {
        Enter(One, "ann", 1, Listening);
        Enter(One, "ann", 1, MemberPresence.Default);
        Enter(Two, "bob", 1, Listening);

        Register(One, ("ann", 1, Listening));

        Assert.Equal(
            ["ann", "bob"],
            Assert.Single(One.Received<PresenceSnapshot>()).View.Users.Select(user => user.User.Value).Order());
    }

    private protected override IPresenceGrain Channel => MessageChannel;

    private IMessageChannelGrain MessageChannel =>
        Grains.GetGrain<IMessageChannelGrain>(GrainKey.MessageChannel(new("lobby")));

    [Fact]
    public void Who_subscribes_again_may_begin_and_cease_to_listen_and_to_be_seen()
    {
        Enter(One, "ann", 1, MemberPresence.Default with { State = Said(("a", "1")) });

        var again = Enter(One, "ann", 1, Listening).Entered;
        Enter(Two, "bob", 1, Listening);
        Enter(One, "ann", 1, Quiet);
        Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(1, again.View!.Total);
        Assert.Equal("1", Assert.Single(again.State.Items).Value);
        Assert.Equal(
            [(PresenceChangeKind.Left, "ann")],
            Two.Received<PresenceChanged>().Select(change => (change.Kind, change.User.Value)));
        Assert.Equal(1, Accepted(Do(() => Channel.WhoNowAsync(new(true, false, null)))).Total);
    }

    [Fact]
    public void Where_a_user_is_seen_is_told_of_all_its_sessions_and_kinds_of_channel()
    {
        Connect(One, "ann", 1);
        Connect(Two, "ann", 1, "tablet");
        JoinChannel(One, "ann", 1, "b");
        JoinChannel(Two, "ann", 1, "b");
        JoinChannel(Two, "ann", 1, "a");
        Subscribe(One, "news", Listening);
        Subscribe(One, "secret", Quiet);

        var where = Do(() => User("ann").WhereNowAsync());

        Assert.Equal(["a", "b"], where.StreamChannels.Select(channel => channel.Value));
        Assert.Equal(["news"], where.MessageChannels.Select(channel => channel.Value));
        Accepted(Do(() => User("ann").UnsubscribeChannelAsync(new(One.Route(), One.Route(), One.Session(1), new("news")))));
        Subscribe(One, "secret", Listening);
        Assert.Equal(["secret"], Do(() => User("ann").WhereNowAsync()).MessageChannels.Select(channel => channel.Value));
        Assert.Empty(Do(() => User("zoe").WhereNowAsync()).StreamChannels);
    }

    private protected override (RouteStamp Stamp, PresenceEntered Entered) Enter(
        FakeGateway gateway, string user, long session, MemberPresence presence)
    {
        var subscribed = Accepted(Do(() => MessageChannel.SubscribeAsync(
            new(gateway.Route(), Subscription(gateway, user, session, presence), null))));
        return (subscribed.Stamp, subscribed.Presence);
    }

    private protected override void Exit(FakeGateway gateway, long session, PresenceEnd end) =>
        Accepted(Do(() => MessageChannel.UnsubscribeAsync(new(gateway.Route(), gateway.Session(session)) { End = end })));

    private protected override void Register(
        FakeGateway gateway, params (string User, long Session, MemberPresence Presence)[] members) =>
        Accepted(Do(() => MessageChannel.RegisterAsync(new(gateway.Route(), [
            .. members.Select(member => Subscription(gateway, member.User, member.Session, member.Presence)),
        ]))));

    private static ChannelSubscription Subscription(
        FakeGateway gateway, string user, long session, MemberPresence presence) =>
        new(gateway.Session(session), new(user), ChannelFeeds.Messages | (presence.WantsEvents ? ChannelFeeds.Presence : 0))
        {
            Presence = presence,
        };

    private void Subscribe(FakeGateway gateway, string channel, MemberPresence presence) =>
        Accepted(Do(() => User("ann").SubscribeChannelAsync(
            new(gateway.Route(), gateway.Route(), gateway.Session(1), new(channel), ChannelFeeds.Default, null)
            {
                Presence = presence,
            })));
}
