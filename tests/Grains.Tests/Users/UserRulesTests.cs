using ImOrleans.Grains.Abstractions.Users;
using ImOrleans.Grains.Users;

namespace ImOrleans.Grains.Tests.Users;

public sealed class UserRulesTests
{
    private static readonly GatewayId One = new("g1");
    private static readonly GatewayId Two = new("g2");
    private static readonly DateTimeOffset Now = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly UserState _state = new();

    [Fact]
    public void Two_devices_are_logged_in_side_by_side()
    {
        Assert.Empty(UserRules.Connect(_state, Session(One, 1, "phone")));
        Assert.Empty(UserRules.Connect(_state, Session(One, 2, "desk")));

        Assert.Equal(2, _state.Logins.Count);
    }

    /// <summary>Whatever gateways they are at; one that is logged in, or goes on for one that is, is no further device.</summary>
    [Fact]
    public void A_user_has_so_many_devices_and_no_more()
    {
        for (var device = 0; device < 3; device++)
        {
            var session = Session(new($"g{device}"), device, $"device{device}");
            Assert.Null(UserRules.CheckConnect(_state, session, devicesMax: 3));
            UserRules.Connect(_state, session);
        }

        var next = Session(One, 10, "another");
        Assert.Equal(ErrorCode.LoginRejected, UserRules.CheckConnect(_state, next, devicesMax: 3)?.Code);
        Assert.Null(UserRules.CheckConnect(_state, next, devicesMax: 4));
        Assert.Null(UserRules.CheckConnect(_state, Session(One, 11, "device0"), devicesMax: 3));
        UserRules.Connect(_state, Session(Two, 12, "device0") with { Replaces = new(new("g0"), 0) });
        Assert.Equal(4, _state.Logins.Count);
        Assert.Null(UserRules.CheckConnect(_state, next, devicesMax: 4));
    }

    [Theory]
    [InlineData("g1")]
    [InlineData("g2")]
    public void The_newest_connect_of_a_device_wins_on_the_same_gateway_and_on_another(string gateway)
    {
        UserRules.Connect(_state, Session(One, 1, "phone"));

        var displaced = UserRules.Connect(_state, Session(new(gateway), 2, "phone"));

        Assert.Equal([new SessionId(One, 1)], displaced.Select(login => login.Id));
        Assert.Equal([new SessionId(new(gateway), 2)], _state.Logins.All.Select(login => login.Id));
    }

    [Fact]
    public void A_session_that_goes_on_for_another_stands_beside_it_until_a_third_comes()
    {
        UserRules.Connect(_state, Session(One, 1, "phone"));
        var next = Session(new("two"), 1, "phone") with { Replaces = new(One, 1) };

        Assert.Empty(UserRules.Connect(_state, next));
        Assert.Empty(UserRules.Register(_state, One, [Session(One, 1, "phone")]).Displaced);
        Assert.Empty(UserRules.Register(_state, new("two"), [next]).Displaced);
        Assert.Equal(2, _state.Logins.Count);

        Assert.Equal(2, UserRules.Connect(_state, Session(One, 2, "phone")).Count);
    }

    /// <summary>A new activation does not know who goes on for whom before both were stated.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_session_that_goes_on_for_another_stays_whoever_is_stated_first(bool isOldFirst)
    {
        UserSession[] stated =
        [
            Session(One, 1, "phone"), Session(new("two"), 1, "phone") with { Replaces = new(One, 1) },
        ];
        foreach (var session in isOldFirst ? stated : stated.Reverse())
            Assert.Empty(UserRules.Register(_state, session.Id.Gateway, [session]).Displaced);
        Assert.Equal(2, _state.Logins.Count);
    }

    [Fact]
    public void A_repeated_connect_displaces_nobody()
    {
        UserRules.Connect(_state, Session(One, 1, "phone"));

        Assert.Empty(UserRules.Connect(_state, Session(One, 1, "phone")));
        Assert.Equal(1, _state.Logins.Count);
    }

    [Fact]
    public void What_a_registration_does_not_name_is_gone_and_other_gateways_stay()
    {
        UserRules.Connect(_state, Session(One, 1, "phone"));
        UserRules.Connect(_state, Session(One, 2, "desk"));
        UserRules.Connect(_state, Session(Two, 1, "tablet"));

        var registered = UserRules.Register(_state, One, [Session(One, 2, "desk", "lobby")]);

        Assert.Equal([new SessionId(One, 1)], registered.Gone.Select(login => login.Id));
        Assert.Empty(registered.Displaced);
        Assert.Equal(2, _state.Logins.Count);
        Assert.True(_state.Logins.TryGet(new(One, 2), out var desk));
        Assert.Equal([new ChannelName("lobby")], desk.Channels);
    }

    [Fact]
    public void A_login_whose_connect_was_seen_outlasts_one_that_another_gateway_states()
    {
        UserRules.Connect(_state, Session(One, 1, "phone"));

        var registered = UserRules.Register(_state, Two, [Session(Two, 9, "phone", "lobby")]);

        var displaced = Assert.Single(registered.Displaced);
        Assert.Equal(new SessionId(Two, 9), displaced.Id);
        Assert.Equal([new ChannelName("lobby")], displaced.Channels);
        Assert.Equal([new SessionId(One, 1)], _state.Logins.All.Select(login => login.Id));
    }

    [Fact]
    public void Of_two_logins_that_were_only_stated_the_last_stated_wins()
    {
        UserRules.Register(_state, One, [Session(One, 9, "phone")]);

        var registered = UserRules.Register(_state, Two, [Session(Two, 1, "phone")]);

        Assert.Equal([new SessionId(One, 9)], registered.Displaced.Select(login => login.Id));
        Assert.Equal([new SessionId(Two, 1)], _state.Logins.All.Select(login => login.Id));
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(2, 1)]
    public void Of_two_logins_of_one_gateway_the_higher_number_is_the_later(int first, int second)
    {
        var registered = UserRules.Register(
            _state, One, [Session(One, first, "phone"), Session(One, second, "phone")]);

        Assert.Equal([new SessionId(One, 1)], registered.Displaced.Select(login => login.Id));
        Assert.Equal([new SessionId(One, 2)], _state.Logins.All.Select(login => login.Id));
    }

    [Fact]
    public void The_hundredth_channel_is_joined_and_the_next_is_not()
    {
        UserRules.Connect(_state, Session(One, 1, "phone"));
        Assert.True(_state.Logins.TryGet(new(One, 1), out var login));
        for (var i = 1; i < 100; i++)
            login.Channels.Add(new($"c{i}"));
        Assert.Null(UserRules.CheckJoin(_state, login.Id, new("c100")));
        login.Channels.Add(new("c100"));

        var refusal = UserRules.CheckJoin(_state, login.Id, new("c101"));

        Assert.Equal(ErrorCode.ChannelInstanceExceedLimitation, refusal!.Code);
        Assert.Contains("100", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_channel_is_joined_once_and_only_by_a_login_that_exists()
    {
        UserRules.Connect(_state, Session(One, 1, "phone"));
        Assert.True(_state.Logins.TryGet(new(One, 1), out var login));
        login.Channels.Add(new("lobby"));

        Assert.Equal(ErrorCode.ChannelJoinFailed, UserRules.CheckJoin(_state, login.Id, new("lobby"))!.Code);
        Assert.Equal(ErrorCode.NotLogin, UserRules.CheckJoin(_state, new(One, 2), new("lobby"))!.Code);
    }

    [Fact]
    public void A_token_is_warned_of_once_thirty_seconds_before_its_end_and_then_ends()
    {
        UserRules.Connect(_state, Session(One, 1, "phone", life: TimeSpan.FromSeconds(60)));
        Assert.Equal(Now + TimeSpan.FromSeconds(30), UserRules.NextDue(_state));

        Assert.Empty(UserRules.TakeDue(_state, Now + TimeSpan.FromSeconds(29)).Warned);
        Assert.Single(UserRules.TakeDue(_state, Now + TimeSpan.FromSeconds(30)).Warned);
        Assert.Empty(UserRules.TakeDue(_state, Now + TimeSpan.FromSeconds(31)).Warned);
        Assert.Equal(Now + TimeSpan.FromSeconds(60), UserRules.NextDue(_state));
        var due = UserRules.TakeDue(_state, Now + TimeSpan.FromSeconds(60));

        Assert.Empty(due.Warned);
        Assert.Single(due.Expired);
        Assert.Null(UserRules.NextDue(_state));
    }

    [Fact]
    public void A_token_that_ended_unseen_ends_without_a_warning()
    {
        UserRules.Connect(_state, Session(One, 1, "phone", life: TimeSpan.FromSeconds(60)));

        var due = UserRules.TakeDue(_state, Now + TimeSpan.FromHours(1));

        Assert.Empty(due.Warned);
        Assert.Single(due.Expired);
    }

    [Fact]
    public void A_renewed_token_is_warned_of_again_and_the_same_token_is_not()
    {
        UserRules.Connect(_state, Session(One, 1, "phone", life: TimeSpan.FromSeconds(60)));
        UserRules.TakeDue(_state, Now + TimeSpan.FromSeconds(30));
        Assert.True(_state.Logins.TryGet(new(One, 1), out var login));

        login.SetToken(login.TokenExpiresAt);
        Assert.True(login.IsWarned);
        login.SetToken(Now + TimeSpan.FromHours(1));

        Assert.Equal(Now + TimeSpan.FromHours(1) - TimeSpan.FromSeconds(30), UserRules.NextDue(_state));
    }

    private static UserSession Session(
        GatewayId gateway, long number, string device, string? channel = null, TimeSpan? life = null) =>
        new(
            new(gateway, number),
            new(device),
            Now + (life ?? TimeSpan.FromHours(1)),
            channel is null ? [] : [new(channel)]);
}
