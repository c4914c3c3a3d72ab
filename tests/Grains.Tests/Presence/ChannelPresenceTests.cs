using ImOrleans.Domain.Presence;
using ImOrleans.Grains.Abstractions.Delivery;
using ImOrleans.Grains.Abstractions.Presence;
using ImOrleans.Grains.Presence;
using ImOrleans.Grains.Tests.Kit;
using Microsoft.Extensions.DependencyInjection;

namespace ImOrleans.Grains.Tests.Presence;

/// <summary>What both kinds of channel do about presence; two silos, so that one can be lost.</summary>
public abstract class ChannelPresenceTests() : GrainTest(silos: 2)
{
    private static readonly TimeSpan Debounce = TimeSpan.FromSeconds(2);

    private protected static MemberPresence Listening { get; } = MemberPresence.Default with { WantsEvents = true };

    private protected static MemberPresence Quiet { get; } = new(true, true, PresenceState.None);

    private protected abstract IPresenceGrain Channel { get; }

    [Fact]
    public void Who_comes_is_shown_who_is_there_and_told_to_the_others_only()
    {
        Enter(One, "ann", 1, Listening);
        Enter(Two, "bob", 1, MemberPresence.Default);

        var (stamp, entered) = Enter(Two, "cleo", 2, Listening with { State = Said(("mood", "fine")) });

        var view = entered.View!;
        Assert.Equal(["ann", "bob", "cleo"], view.Users.Select(user => user.User.Value));
        Assert.Equal((3, false), (view.Total, view.IsInterval));
        Assert.Equal("mood=fine", Text(view.Users[2].State));
        Assert.Equal(["Joined bob", "Joined cleo mood=fine"], Told(One));
        Assert.Empty(Told(Two)); // Nobody there listened when cleo came.
        Assert.True(One.Received<PresenceChanged>()[^1].Sequence <= stamp.Position);
    }

    [Fact]
    public void Who_does_not_want_to_know_is_shown_nothing()
    {
        var (_, entered) = Enter(One, "ann", 1, MemberPresence.Default);
        Enter(Two, "bob", 1, MemberPresence.Default);

        Assert.Null(entered.View);
        Assert.Empty(One.Batches);
    }

    [Fact]
    public void Who_leaves_and_who_is_lost_is_told_after_the_debounce_with_the_reason()
    {
        Enter(One, "ann", 1, Listening);
        Enter(Two, "bob", 1, Listening);
        Enter(Two, "cleo", 2, Listening);
        Exit(Two, 1, PresenceEnd.Left);
        Exit(Two, 2, PresenceEnd.TimedOut);
        Advance(Debounce - TimeSpan.FromMilliseconds(1));
        Assert.Equal(["Joined bob", "Joined cleo"], Told(One));

        Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal(["Joined bob", "Joined cleo", "Left bob", "TimedOut cleo"], Told(One));
    }

    [Fact]
    public void Who_is_back_within_the_debounce_was_never_away()
    {
        Enter(One, "ann", 1, Listening);
        Enter(Two, "bob", 1, Listening);
        Exit(Two, 1, PresenceEnd.TimedOut);
        Advance(TimeSpan.FromSeconds(1));
        Enter(Two, "bob", 2, Listening);
        Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(["Joined bob"], Told(One));
    }

    [Fact]
    public void The_users_of_a_dead_gateway_time_out()
    {
        Enter(One, "ann", 1, Listening);
        Enter(Two, "bob", 1, Listening);

        Leases.Dead.Add(Two.Id);
        Advance(TimeSpan.FromSeconds(5) + Debounce);

        Assert.Equal(["Joined bob", "TimedOut bob"], Told(One));
        Assert.Equal(["ann"], Names(WhoNow()));
    }

    [Fact]
    public void A_state_is_told_kept_by_all_gateways_of_its_user_and_asked_for()
    {
        Enter(One, "ann", 1, Listening);
        Enter(Two, "bob", 1, Listening);
        Enter(One, "bob", 2, MemberPresence.Default);

        var state = Accepted(Change(Two, 1, Said(("mood", "fine"), ("a", "1")).Items));
        Accepted(Change(One, 2, null, "a"));

        Assert.Equal("a=1 mood=fine", Text(state.Items));
        Assert.Equal(["Joined bob", "StateChanged bob a=1 mood=fine", "StateChanged bob !a"], Told(One));
        foreach (var gateway in new[] { One, Two })
            Assert.Equal(["a=1 mood=fine", "mood=fine"], gateway.Received<PresenceStateKept>().Select(kept => Text(kept.State.Items)));
        Assert.Equal("mood=fine", Text(Accepted(Do(() => Channel.GetStateAsync(new("bob")))).Items));
        Refused(ErrorCode.PresenceUserNotExist, Do(() => Channel.GetStateAsync(new("zoe"))));
    }

    [Fact]
    public void A_state_is_refused_from_who_is_not_there_or_quiet_and_when_it_is_too_much()
    {
        Enter(One, "ann", 1, Listening with { State = new([.. Enumerable.Range(1, 32).Select(i => new StateItem($"k{i}", "v"))], 0) });
        Enter(One, "bob", 2, Quiet);

        Refused(ErrorCode.PresenceStateCountOverflow, Change(One, 1, Said(("more", "1")).Items));
        Refused(ErrorCode.PresenceNotWritable, Change(One, 2, Said(("a", "1")).Items));
        Refused(ErrorCode.PresenceUserNotExist, Change(One, 3, Said(("a", "1")).Items));
    }

    [Fact]
    public void Who_is_there_quietly_is_told_of_others_and_nobody_of_it()
    {
        Enter(One, "ann", 1, Listening);

        var (_, entered) = Enter(Two, "spy", 1, Quiet);
        Enter(One, "bob", 2, Listening);
        Exit(Two, 1, PresenceEnd.Left);
        Advance(Debounce);

        Assert.Equal(["ann"], entered.View!.Users.Select(user => user.User.Value));
        Assert.Equal(["Joined bob"], Told(One));
        Assert.Equal(["Joined bob"], Told(Two));
        Assert.Equal(2, WhoNow().Total);
    }

    [Fact]
    public void A_large_channel_tells_once_a_period_and_a_smaller_one_at_once_again()
    {
        for (var i = 1; i <= 9; i++)
            Enter(One, $"u{i}", i, Listening);
        Assert.Equal(["u1", "u2"], Enter(One, "u1", 100, Listening).Entered.View!.Users.Take(2).Select(user => user.User.Value));
        Enter(Two, "u10", 1, Listening);
        Exit(One, 3, PresenceEnd.Left);
        Assert.Equal(7, Told(One).Count); // The second to the eighth: the first has nobody to tell.

        Advance(TimeSpan.FromSeconds(30));

        var interval = Assert.Single(One.Received<PresenceInterval>());
        Assert.Equal(["u9", "u10"], interval.Joined.Select(user => user.Value));
        Assert.Equal(["u3"], interval.Left.Select(user => user.Value));
        Assert.Equal(9, interval.Total);
        Assert.Single(Two.Received<PresenceInterval>());
        for (var i = 4; i <= 6; i++)
            Exit(One, i, PresenceEnd.Left);
        Advance(Debounce);
        var snapshot = Assert.Single(One.Received<PresenceSnapshot>()).View;
        Assert.Equal((6, false), (snapshot.Total, snapshot.IsInterval));
        Exit(One, 7, PresenceEnd.Left);
        Advance(Debounce);
        Assert.Equal("Left u7", Told(One)[^1]);
    }

    [Fact]
    public void Pages_follow_each_other_and_nobody_needs_to_be_there_to_ask()
    {
        for (var i = 1; i <= 101; i++)
            Enter(One, $"u{i}", i, MemberPresence.Default);

        var first = WhoNow();
        var second = WhoNow(page: first.NextPage);

        Assert.Equal((100, 101), (first.Users.Length, first.Total));
        Assert.Equal(["u101"], Names(second));
        Assert.Null(second.NextPage);
        Assert.Equal((0, 101), (WhoNow(users: false).Users.Length, WhoNow(users: false).Total));
    }

    [Theory]
    [InlineData(false, true, null)]
    [InlineData(true, false, "")]
    [InlineData(true, false, "nonsense")]
    [InlineData(true, false, "ffff-1")]
    [InlineData(true, false, "1--1")]
    [InlineData(true, false, "1-99999999999999999")]
    public void A_page_that_is_none_and_states_without_users_are_refused(bool users, bool states, string? page) =>
        Refused(ErrorCode.PresenceInvalidArgument, Do(() => Channel.WhoNowAsync(new(users, states, page))));

    [Fact]
    public void States_are_told_with_users_when_asked_for()
    {
        Enter(One, "ann", 1, Listening with { State = Said(("a", "1")) });

        Assert.Empty(Assert.Single(WhoNow().Users).State);
        Assert.Equal("a=1", Text(Assert.Single(WhoNow(states: true).Users).State));
    }

    /// <summary>Everybody was there before; nobody came or left while the gateways stated it.</summary>
    [Fact]
    public void Presence_is_whole_again_after_the_silo_was_killed()
    {
        var (stamp, _) = Enter(One, "ann", 1, Listening);
        var (_, bob) = Enter(Two, "bob", 1, Listening with { State = Said(("mood", "fine")) });
        Enter(Two, "cleo", 2, MemberPresence.Default);

        SiloAt(stamp.Silo).Kill();
        One.Batches.Clear();
        Register(Two, ("bob", 1, Listening with { State = bob.State }), ("cleo", 2, MemberPresence.Default));
        Register(One, ("ann", 1, Listening));
        Enter(One, "dora", 5, Listening);
        Exit(One, 5, PresenceEnd.Left);
        Assert.Equal(["ann", "bob", "cleo"], Names(WhoNow()).Order());
        Advance(TimeSpan.FromSeconds(15));

        Assert.Empty(Told(One));
        var view = Assert.Single(One.Received<PresenceSnapshot>()).View;
        Assert.Equal(["ann", "bob", "cleo"], view.Users.Select(user => user.User.Value).Order());
        Assert.Equal("mood=fine", Text(view.Users.Single(user => user.User.Value == "bob").State));
        Exit(Two, 2, PresenceEnd.Left);
        Advance(Debounce);
        Assert.Equal(["Left cleo"], Told(One));
        Assert.Single(One.Received<PresenceSnapshot>());
    }

    /// <summary>The channel gave the gateway up, and its sessions could not hear what happened until it was back.</summary>
    [Fact]
    public void A_gateway_that_was_given_up_is_shown_at_its_return_who_is_there()
    {
        Enter(One, "ann", 1, Listening);
        Enter(Two, "bob", 1, Listening);
        Advance(TimeSpan.FromSeconds(20));
        Leases.Dead.Add(One.Id);
        Advance(TimeSpan.FromSeconds(5) + Debounce);
        Leases.Dead.Clear();
        One.Batches.Clear();

        Register(One, ("ann", 1, Listening));

        Assert.Equal(["ann", "bob"], Assert.Single(One.Received<PresenceSnapshot>()).View.Users.Select(user => user.User.Value).Order());
        Assert.Equal(["TimedOut ann", "Joined ann"], Told(Two));
    }

    /// <summary>The channel let go of the only session that was told, and the gateway states it anew.</summary>
    [Fact]
    public void A_listener_that_is_stated_anew_beside_others_is_shown_who_is_there()
    {
        Enter(One, "ann", 1, Listening);
        Exit(One, 1, PresenceEnd.TimedOut);
        Enter(Two, "bob", 1, Listening);
        Enter(One, "cleo", 2, MemberPresence.Default);

        Register(One, ("ann", 1, Listening), ("cleo", 2, MemberPresence.Default));

        Assert.Equal(
            ["ann", "bob", "cleo"],
            Assert.Single(One.Received<PresenceSnapshot>()).View.Users.Select(user => user.User.Value).Order());
    }

    [Fact]
    public void What_a_registration_does_not_name_has_left()
    {
        Enter(One, "ann", 1, Listening);
        Enter(Two, "bob", 1, Listening);
        Enter(Two, "cleo", 2, Listening);

        Register(Two, ("cleo", 2, Listening));
        Advance(Debounce);

        Assert.Equal(["Joined bob", "Joined cleo", "Left bob"], Told(One));
    }

    protected override void Configure(IServiceCollection services)
    {
        base.Configure(services);
        services.Configure<PresenceOptions>(options => options.AnnounceUsersMax = 8);
    }

    private protected abstract (RouteStamp Stamp, PresenceEntered Entered) Enter(
        FakeGateway gateway, string user, long session, MemberPresence presence);

    private protected abstract void Exit(FakeGateway gateway, long session, PresenceEnd end);

    private protected abstract void Register(
        FakeGateway gateway, params (string User, long Session, MemberPresence Presence)[] members);

    private protected static PresenceState Said(params (string Key, string Value)[] pairs) =>
        new([.. pairs.Select(pair => new StateItem(pair.Key, pair.Value))], 0);

    private static string Text(IEnumerable<StateItem> items) =>
        string.Join(' ', items.Select(item => $"{item.Key}={item.Value}"));

    private static IEnumerable<string> Names(WhoNow who) => who.Users.Select(user => user.User.Value);

    private static IReadOnlyList<string> Told(FakeGateway gateway) =>
    [
        .. gateway.Received<PresenceChanged>().Select(change => string.Join(' ', [
            $"{change.Kind} {change.User.Value}",
            .. change.State.Set.Select(item => $"{item.Key}={item.Value}"),
            .. change.State.Removed.Select(key => $"!{key}")])),
    ];

    private Outcome<PresenceState> Change(
        FakeGateway gateway, long session, IEnumerable<StateItem>? set, params string[] removed) =>
        Do(() => Channel.ChangeStateAsync(new(
            gateway.Route(), gateway.Session(session), set is null ? null : [.. set], [.. removed])));

    private WhoNow WhoNow(bool users = true, bool states = false, string? page = null) =>
        Accepted(Do(() => Channel.WhoNowAsync(new(users, states, page))));
}
