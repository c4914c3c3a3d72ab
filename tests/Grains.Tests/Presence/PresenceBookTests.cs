using System.Collections.Immutable;
using ImOrleans.Domain.Limits;
using ImOrleans.Domain.Presence;
using ImOrleans.Grains.Abstractions.Presence;
using ImOrleans.Grains.Presence;

namespace ImOrleans.Grains.Tests.Presence;

public sealed class PresenceBookTests
{
    private static readonly TimeSpan Debounce = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(30);

    private readonly PresenceBook _book = new(new() { AnnounceUsersMax = 10 });
    private DateTimeOffset _now = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Who_comes_is_told_at_once_and_who_goes_after_the_debounce()
    {
        Enter("ann");
        Assert.Equal(["Joined ann"], Told());
        Leave("ann");
        Assert.Empty(Told());
        Assert.Equal(_now + Debounce, _book.NextDue());

        Pass(Debounce - TimeSpan.FromTicks(1));
        Assert.Empty(Told());
        Pass(TimeSpan.FromTicks(1));

        Assert.Equal(["Left ann"], Told());
        Assert.Null(_book.NextDue());
    }

    [Fact]
    public void Who_is_lost_is_told_as_timed_out()
    {
        Enter("ann");
        Told();

        Leave("ann", PresenceEnd.TimedOut);
        Pass(Debounce);

        Assert.Equal(["TimedOut ann"], Told());
    }

    [Fact]
    public void Who_is_back_in_time_was_never_away()
    {
        Enter("ann");
        Told();
        for (var i = 0; i < 3; i++)
        {
            Leave("ann");
            Pass(Debounce - TimeSpan.FromTicks(1));
            Enter("ann");
        }

        Pass(Debounce);
        Assert.Empty(Told());
        Leave("ann");
        Pass(Debounce);

        Assert.Equal(["Left ann"], Told());
    }

    [Fact]
    public void Who_comes_back_too_late_is_told_twice()
    {
        Enter("ann");
        Leave("ann");
        Pass(Debounce);
        Enter("ann");

        Assert.Equal(["Joined ann", "Left ann", "Joined ann"], Told());
    }

    [Fact]
    public void A_user_is_there_from_its_first_session_to_its_last()
    {
        Enter("ann");
        Enter("ann");
        Leave("ann");
        Pass(Debounce);
        Assert.Equal(["Joined ann"], Told());
        Assert.Equal(1, _book.Count);

        Leave("ann");
        Leave("ann"); // One too many says nothing.
        Pass(Debounce);

        Assert.Equal(["Left ann"], Told());
    }

    [Fact]
    public void Who_lingers_is_in_the_snapshot_and_not_in_who_now()
    {
        Enter("ann");
        Enter("bob");
        Leave("ann");

        Assert.Equal(["ann", "bob"], Names(_book.View(_now).Users));
        Assert.Equal(2, _book.View(_now).Total);
        Assert.Equal(["bob"], Names(_book.PageAfter(0, true).Users));
        Assert.Equal(1, _book.Count);
        Assert.Null(_book.StateOf(new("ann")));
    }

    [Fact]
    public void The_user_over_the_limit_begins_interval_mode_and_is_told_with_it()
    {
        EnterMany(10);
        Assert.False(_book.IsInterval);
        Assert.Equal(10, Told().Count);

        Enter("u11");
        Assert.True(_book.IsInterval);
        Assert.Empty(Told());
        Assert.Equal(_now + Period, _book.NextDue());
        Pass(Period);

        Assert.Equal(["+u11 - ~ of 11"], Told());
        Assert.Null(_book.NextDue());
    }

    [Fact]
    public void A_period_begins_with_the_first_change_that_is_not_told()
    {
        EnterMany(11);
        Pass(Period);
        Told();
        Pass(TimeSpan.FromMinutes(5));
        Enter("late");

        Pass(Period - TimeSpan.FromTicks(1));
        Assert.Empty(Told());
        Pass(TimeSpan.FromTicks(1));

        Assert.Equal(["+late - ~ of 12"], Told());
    }

    [Fact]
    public void Who_came_and_went_within_a_period_is_told_as_gone()
    {
        EnterMany(12);
        Pass(Period);
        Told();
        Enter("fly");
        Leave("fly");
        Leave("u1", PresenceEnd.TimedOut);
        Pass(Debounce);
        Enter("u2x");

        Pass(Period);

        Assert.Equal(["+u2x -fly ~u1 of 12"], Told());
    }

    [Fact]
    public void Announce_mode_is_back_at_80_percent_with_a_snapshot_and_not_before()
    {
        EnterMany(11);
        Pass(Period);
        Told();
        Leave("u1");
        Leave("u2");
        Pass(Debounce);
        Assert.True(_book.IsInterval);

        Leave("u3");
        Pass(Debounce);

        Assert.False(_book.IsInterval);
        Assert.Equal(["all u4 u5 u6 u7 u8 u9 u10 u11"], Told());
        Assert.Null(_book.NextDue());
        Enter("u12");
        Enter("u13");
        Assert.False(_book.IsInterval);
        Assert.Equal(["Joined u12", "Joined u13"], Told());
    }

    [Fact]
    public void In_interval_mode_a_snapshot_has_the_first_hundred_and_the_total()
    {
        EnterMany(PresenceLimits.SnapshotUsersMax + 50);
        var view = _book.View(_now);
        Assert.True(view.IsInterval);
        Assert.Equal(150, view.Total);
        Assert.Equal(PresenceLimits.SnapshotUsersMax, view.Users.Length);
        Assert.Equal("u100", view.Users[^1].User.Value);

        Leave("u1");
        Leave("u140");
        Pass(Debounce);
        view = _book.View(_now);

        Assert.Equal(148, view.Total);
        Assert.Equal("u101", view.Users[^1].User.Value);
    }

    [Fact]
    public void The_first_hundred_are_read_once_while_they_stay_the_same()
    {
        EnterMany(PresenceLimits.SnapshotUsersMax + 1);
        var before = _book.View(_now).Users;
        Enter("more");
        Assert.True(before == _book.View(_now).Users);

        _book.ChangeState(new("u5"), [new("k", "v")], [], _now);

        Assert.Equal([new("k", "v")], _book.View(_now).Users[4].State.ToArray());
    }

    [Fact]
    public void Pages_name_each_user_once_while_others_come_and_go()
    {
        EnterMany(250);
        var (first, more) = _book.PageAfter(0, false);
        Assert.Equal(PresenceLimits.PageUsersMax, first.Length);
        Leave("u7");
        Leave("u150");
        Enter("u251");
        var (second, more2) = _book.PageAfter(more!.Value, false);
        var (third, more3) = _book.PageAfter(more2!.Value, false);

        Assert.Null(more3);
        var seen = Names([.. first, .. second, .. third]);
        Assert.Equal(seen.Distinct(), seen);
        Assert.Equal(250, seen.Count);
        Assert.DoesNotContain("u150", seen);
        Assert.Contains("u251", seen);
    }

    [Fact]
    public void A_page_that_ends_with_the_last_user_has_none_after_it()
    {
        EnterMany(PresenceLimits.PageUsersMax);

        Assert.Null(_book.PageAfter(0, false).More);
        Enter("one");
        var (_, more) = _book.PageAfter(0, false);
        Assert.Equal(["one"], Names(_book.PageAfter(more!.Value, false).Users));
        Assert.Empty(_book.PageAfter(10_000, false).Users);
    }

    [Fact]
    public void What_was_said_before_is_told_with_the_coming()
    {
        var state = Enter("ann", ("mood", "fine"), ("a", "1"));

        Assert.Equal([new("a", "1"), new("mood", "fine")], state.Items.ToArray());
        Assert.Equal(["Joined ann a=1 mood=fine"], Told());
        Assert.Equal(state, _book.StateOf(new("ann")));
    }

    [Fact]
    public void A_change_of_state_tells_what_is_different()
    {
        Enter("ann", ("a", "1"), ("b", "2"));
        Told();

        Accepted(_book.ChangeState(new("ann"), [new("a", "1"), new("b", "3")], [], _now));
        Accepted(_book.ChangeState(new("ann"), null, ["a"], _now));
        Accepted(_book.ChangeState(new("ann"), null, ["unknown"], _now));
        Accepted(_book.ChangeState(new("ann"), null, [], _now));

        Assert.Equal(["StateChanged ann b=3", "StateChanged ann !a", "StateChanged ann !b"], Told());
        Assert.Empty(_book.StateOf(new("ann"))!.Items);
    }

    [Fact]
    public void Who_is_not_there_has_no_state()
    {
        Assert.Equal(
            ErrorCode.PresenceUserNotExist, _book.ChangeState(new("ann"), [new("a", "1")], [], _now).Refusal?.Code);
    }

    [Fact]
    public void A_state_ends_with_the_last_session()
    {
        Enter("ann", ("a", "1"));
        Told();
        Leave("ann");

        Enter("ann", ("b", "1"));

        Assert.Equal(["StateChanged ann b=1 !a"], Told());
    }

    [Fact]
    public void What_a_second_session_said_before_adds_to_the_state()
    {
        Enter("ann", ("a", "1"), ("b", "1"));
        Told();

        var state = Enter("ann", ("b", "2"));

        Assert.Equal([new("a", "1"), new("b", "2")], state.Items.ToArray());
        Assert.Equal(["StateChanged ann b=2"], Told());
    }

    [Fact]
    public void Of_two_stated_states_the_later_counts_whatever_the_order()
    {
        _book.Restore(new("ann"), new([new("a", "old")], 5), _now);
        _book.Restore(new("ann"), new([new("a", "new")], 7), _now);
        _book.Restore(new("ann"), new([new("a", "middle")], 6), _now);

        Assert.Equal([new("a", "new")], _book.StateOf(new("ann"))!.Items.ToArray());
    }

    [Fact]
    public void A_change_after_a_statement_is_later_than_it_whatever_the_clocks_say()
    {
        var future = _now.AddHours(1).ToUnixTimeMilliseconds();
        _book.Restore(new("ann"), new([new("a", "1")], future), _now);

        var changed = Accepted(_book.ChangeState(new("ann"), [new("a", "2")], [], _now));

        Assert.True(changed.Stamp > future);
    }

    [Fact]
    public void Telling_anew_leaves_nothing_that_would_be_told_again()
    {
        EnterMany(11);

        Assert.Equal(11, _book.TellAnew(_now).Total);

        Assert.Empty(Told());
        Pass(Period);
        Assert.Empty(Told());
    }

    private static T Accepted<T>(Outcome<T> outcome)
    {
        Assert.True(outcome.IsAccepted, outcome.Refusal?.ToString());
        return outcome.Value;
    }

    private static IReadOnlyList<string> Names(ImmutableArray<PresentUser> users) =>
        [.. users.Select(user => user.User.Value)];

    private PresenceState Enter(string user, params (string Key, string Value)[] said) =>
        _book.Enter(new(user), [.. said.Select(pair => new StateItem(pair.Key, pair.Value))], _now);

    private void EnterMany(int count)
    {
        for (var i = 1; i <= count; i++)
            Enter($"u{i}");
    }

    private void Leave(string user, PresenceEnd end = PresenceEnd.Left) => _book.Leave(new(user), end, _now);

    /// <summary>Time goes by, with an alarm whenever one is due.</summary>
    private void Pass(TimeSpan time)
    {
        var end = _now + time;
        while (_book.NextDue() is { } due && due <= end)
            _book.Settle(_now = due);
        _now = end;
    }

    private IReadOnlyList<string> Told() => [.. _book.TakeNews().Select(Text)];

    private static string Text(object news) => news switch
    {
        PresenceChanged change => string.Join(' ', [
            $"{change.Kind} {change.User.Value}",
            .. change.State.Set.Select(item => $"{item.Key}={item.Value}"),
            .. change.State.Removed.Select(key => $"!{key}")]),
        PresenceInterval interval =>
            $"+{string.Join(',', interval.Joined)} -{string.Join(',', interval.Left)} "
            + $"~{string.Join(',', interval.TimedOut)} of {interval.Total}",
        PresenceSnapshot snapshot => string.Join(' ', ["all", .. Names(snapshot.View.Users)]),
        _ => "unknown",
    };
}
