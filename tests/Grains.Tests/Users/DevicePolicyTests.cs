using ImOrleans.Grains.Abstractions.Delivery;
using ImOrleans.Grains.Abstractions.Users;
using ImOrleans.Grains.Tests.Kit;
using ImOrleans.Grains.Users;
using Microsoft.Extensions.DependencyInjection;

namespace ImOrleans.Grains.Tests.Users;

public sealed class DevicePolicyTests
{
    private static readonly GatewayId One = new("g1");
    private static readonly GatewayId Two = new("g2");

    private readonly UserState _state = new();

    [Theory]
    [InlineData(DevicePolicy.All, DeviceClass.Mobile, 0)]
    [InlineData(DevicePolicy.OnePerClass, DeviceClass.Mobile, 1)]
    [InlineData(DevicePolicy.OnePerClass, DeviceClass.Web, 0)]
    [InlineData(DevicePolicy.OnePerClass, DeviceClass.Other, 0)]
    public void A_new_login_ends_another_of_its_class_where_there_may_be_but_one(
        DevicePolicy policy, DeviceClass next, int displaced)
    {
        Assert.Empty(UserRules.Connect(_state, Session(One, 1, "a", DeviceClass.Mobile), policy));

        var gone = UserRules.Connect(_state, Session(Two, 1, "b", next), policy);

        Assert.Equal(displaced, gone.Count);
        Assert.Equal(2 - displaced, _state.Logins.Count);
        Assert.All(gone, login => Assert.Equal(SessionNoticeKind.Displaced, UserRules.NoticeOf(_state, login)));
    }

    [Fact]
    public void Who_lost_the_device_itself_is_told_so()
    {
        UserRules.Connect(_state, Session(One, 1, "a", DeviceClass.Web), DevicePolicy.OnePerClass);

        var gone = Assert.Single(
            UserRules.Connect(_state, Session(One, 2, "a", DeviceClass.Desktop), DevicePolicy.OnePerClass));

        Assert.Equal(SessionNoticeKind.TakenOver, UserRules.NoticeOf(_state, gone));
    }

    [Fact]
    public void A_session_that_goes_on_for_another_of_its_class_stays_beside_it()
    {
        UserRules.Connect(_state, Session(One, 1, "a", DeviceClass.Web), DevicePolicy.OnePerClass);
        var next = Session(Two, 1, "a", DeviceClass.Web) with { Replaces = new(One, 1) };

        Assert.Empty(UserRules.Connect(_state, next, DevicePolicy.OnePerClass));
        Assert.Empty(UserRules.Register(_state, Two, [next], DevicePolicy.OnePerClass).Displaced);
    }

    [Fact]
    public void What_makes_room_does_not_count_among_the_devices()
    {
        UserRules.Connect(_state, Session(One, 1, "a", DeviceClass.Web), DevicePolicy.OnePerClass);

        Assert.Null(UserRules.CheckConnect(_state, Session(One, 2, "b", DeviceClass.Web), 1, DevicePolicy.OnePerClass));
        Assert.NotNull(UserRules.CheckConnect(_state, Session(One, 2, "b", DeviceClass.Mobile), 1, DevicePolicy.OnePerClass));
        Assert.NotNull(UserRules.CheckConnect(_state, Session(One, 2, "b", DeviceClass.Web), 1));
    }

    /// <summary>As after the loss of a silo: what gateways state has its class, and the later login wins.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_gateways_state_anew_has_one_of_each_class(bool isOldFirst)
    {
        UserSession[] stated =
        [
            Session(One, 1, "a", DeviceClass.Web), Session(One, 2, "b", DeviceClass.Web), Session(One, 3, "c", DeviceClass.Mobile),
        ];

        var registered = UserRules.Register(
            _state, One, isOldFirst ? stated : stated.Reverse(), DevicePolicy.OnePerClass);

        Assert.Equal(1, Assert.Single(registered.Displaced).Id.Number);
        Assert.Equal([2L, 3L], _state.Logins.All.Select(login => login.Id.Number).Order());
        Assert.Equal(DeviceClass.Mobile, _state.Logins.All.Single(login => login.Id.Number == 3).ToSession().Class);
    }

    /// <summary>Row C12: a user may be in rooms over many connections, whatever the policy says of devices.</summary>
    [Fact]
    public void Connections_to_rooms_stay_beside_each_other_and_are_no_devices()
    {
        for (var i = 1; i <= 20; i++)
        {
            var room = Session(One, i, $"room-{i}", DeviceClass.Room);
            Assert.Null(UserRules.CheckConnect(_state, room, 1, DevicePolicy.OnePerClass, roomLoginsMax: 20));
            Assert.Empty(UserRules.Connect(_state, room, DevicePolicy.OnePerClass));
        }

        Assert.Null(UserRules.CheckConnect(_state, Session(Two, 1, "a", DeviceClass.Web), 1, roomLoginsMax: 20));
        var tooMany = UserRules.CheckConnect(_state, Session(Two, 2, "room-21", DeviceClass.Room), 100, roomLoginsMax: 20);
        Assert.Equal(ErrorCode.LoginRejected, tooMany?.Code);
    }

    private static UserSession Session(GatewayId gateway, long number, string device, DeviceClass deviceClass) =>
        new(new(gateway, number), new(device), new(2031, 1, 1, 0, 0, 0, TimeSpan.Zero), []) { Class = deviceClass };
}

/// <summary>The grain of a user, where there may be one login of each class.</summary>
public sealed class OnePerClassTests : GrainTest
{
    protected override void Configure(IServiceCollection services)
    {
        base.Configure(services);
        services.Configure<UserOptions>(options => options.DevicePolicy = DevicePolicy.OnePerClass);
    }

    [Fact]
    public void The_older_login_of_a_class_is_told_and_has_left()
    {
        Accepted(Connect(One, "ann", 1, "phone"));
        Accepted(JoinChannel(One, "ann", 1));

        Accepted(Connect(Two, "ann", 1, "tablet"));

        var notice = Assert.Single(One.Received<SessionNotice>());
        Assert.Equal((One.Session(1), SessionNoticeKind.Displaced), (notice.Session, notice.Kind));
        Assert.Empty(Do(() => User("ann").WhereNowAsync()).StreamChannels);
    }
}
