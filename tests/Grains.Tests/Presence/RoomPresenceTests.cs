using ImOrleans.Grains.Abstractions.Delivery;
using ImOrleans.Grains.Abstractions.Presence;
using ImOrleans.Grains.Abstractions.Rooms;
using ImOrleans.Grains.Tests.Kit;

namespace ImOrleans.Grains.Tests.Presence;

/// <summary>Presence in stream channels.</summary>
public sealed class RoomPresenceTests : ChannelPresenceTests
{
    private protected override IPresenceGrain Channel => Room();

    /// <summary>The user grain ends a login whose gateway is gone: there is no route, and it was lost.</summary>
    [Fact]
    public void The_end_of_a_login_is_passed_on_with_its_reason()
    {
        Connect(One, "ann", 1);
        Connect(Two, "bob", 1);
        Accepted(Do(() => User("ann").JoinChannelAsync(
            new(One.Route(), One.Route(), One.Session(1), new("lobby"), null) { Presence = Listening })));
        Accepted(Do(() => User("bob").JoinChannelAsync(
            new(Two.Route(), Two.Route(), Two.Session(1), new("lobby"), null) { Presence = Listening })));

        Accepted(Do(() => User("bob").DisconnectAsync(new(Two.Route(), Two.Session(1)) { End = PresenceEnd.TimedOut })));
        Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(
            [PresenceChangeKind.Joined, PresenceChangeKind.TimedOut],
            One.Received<PresenceChanged>().Select(change => change.Kind));
    }

    private protected override (RouteStamp Stamp, PresenceEntered Entered) Enter(
        FakeGateway gateway, string user, long session, MemberPresence presence)
    {
        var joined = Accepted(Do(() => Room().JoinAsync(
            new(gateway.Route(), gateway.Session(session), new(user), null) { Presence = presence })));
        return (joined.Stamp, joined.Presence);
    }

    private protected override void Exit(FakeGateway gateway, long session, PresenceEnd end) =>
        Accepted(Do(() => Room().LeaveAsync(new(gateway.Route(), gateway.Session(session)) { End = end })));

    private protected override void Register(
        FakeGateway gateway, params (string User, long Session, MemberPresence Presence)[] members) =>
        Accepted(Do(() => Room().RegisterAsync(new(gateway.Route(), [
            .. members.Select(member => new RoomMember(gateway.Session(member.Session), new(member.User), null, [], [])
            {
                Presence = member.Presence,
            }),
        ]))));
}
