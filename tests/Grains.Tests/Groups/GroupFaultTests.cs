using ImOrleans.Grains.Abstractions.Conversations;
using ImOrleans.Grains.Abstractions.Delivery;
using ImOrleans.TestKit.Conversations;

namespace ImOrleans.Grains.Tests.Groups;

/// <summary>What stores that fail, and other activations, do to changes of groups.</summary>
public sealed class GroupFaultTests : GroupTest
{
    [Fact]
    public void A_store_that_refuses_is_told_as_retryable_and_nothing_is_changed()
    {
        Accepted(Create("ann"));
        Log.FailOthers(LogFault.Refused);

        Refused(ErrorCode.InternalErrror, Join("bob"));

        Assert.Equal(["ann"], Members());
        Refused(ErrorCode.NotInGroup, Say("hi", "bob"));
        Accepted(Join("bob"));
        Accepted(Say("hi", "bob"));
    }

    [Theory]
    [InlineData(LogFault.Done)]
    [InlineData(LogFault.Lost)]
    [InlineData(LogFault.Late)]
    public void A_change_whose_outcome_is_unknown_is_settled_before_it_is_answered(LogFault fault)
    {
        Accepted(Create("ann", "bob"));
        Accepted(Register(One));
        Accepted(Say("one", "bob"));
        Log.FailOthers(fault);

        var quit = BeginChange(leaving: Users("bob"));
        Advance(TimeSpan.FromMilliseconds(100));
        Accepted(Finish(quit));

        Assert.Equal(fault == LogFault.Late ? 1 : 0, Log.ApplyLate());
        Assert.Equal(["ann"], Members());
        Refused(ErrorCode.NotInGroup, Say("two", "bob"));
        Assert.Single(One.Received<GroupMembersLeft>());
        Accepted(Say("three"));
        Assert.Equal(["one", "three"], Told(One));
    }

    [Theory]
    [InlineData(LogFault.Done)]
    [InlineData(LogFault.Lost)]
    public void A_creation_whose_profile_is_unknown_is_done_to_its_end(LogFault fault)
    {
        Log.FailOthers(LogFault.None, fault);

        var create = Begin(() => Group(Talk).CreateAsync(new("Talk", new UserId("ann"), [.. Users("ann", "bob")])));
        Advance(TimeSpan.FromMilliseconds(100));

        Accepted(Finish(create));
        Assert.Equal(["ann", "bob"], Members(Talk));
    }

    [Fact]
    public void A_creation_that_failed_half_way_is_made_again()
    {
        Log.FailOthers(LogFault.None, LogFault.None, LogFault.Refused);
        Refused(ErrorCode.InternalErrror, Create("ann"));
        Assert.Empty(Members());

        Accepted(Create("ann"));
        Assert.Equal(["ann"], Members());
    }

    [Fact]
    public void A_dismissal_that_failed_half_way_ends_the_group_and_is_made_again()
    {
        Accepted(Create("ann"));
        Accepted(Say("one"));
        Log.FailOthers(LogFault.None, LogFault.Refused);
        Refused(ErrorCode.InternalErrror, Do(() => Group().DismissAsync()));
        Refused(ErrorCode.RcDiscussionGroupIdInvalid, Say("two"));
        Assert.Equal(1, Do(() => Log.CountMembersAsync(Team)));

        Accepted(Do(() => Group().DismissAsync()));
        Assert.Equal(0, Do(() => Log.CountMembersAsync(Team)));
    }

    [Fact]
    public void Another_activation_that_opens_the_group_ends_this_one_and_the_next_goes_on()
    {
        Accepted(Create("ann"));
        Accepted(Register(One));
        Do(() => Log.OpenAsync(Team));

        Refused(ErrorCode.InternalErrror, Join("bob"));

        Assert.Single(One.Received<RouteClosing>());
        Assert.Equal(["ann"], Members());
        Accepted(Join("bob"));
        Accepted(Say("hi", "bob"));
    }

    /// <summary>This one was cut off: it believes that somebody is a member who has left at another.</summary>
    [Fact]
    public void What_an_activation_believes_that_was_cut_off_lets_nothing_be_stored()
    {
        Accepted(Create("ann", "bob"));
        Accepted(Say("one", "bob"));
        var other = Do(() => Log.OpenAsync(Team));
        Assert.True(Do(() => Log.ChangeMembersAsync(new(Team, other.Epoch, [.. Users("cyd")], [.. Users("bob")]))));

        Refused(ErrorCode.InternalErrror, Say("two", "bob"));

        Assert.Equal(["one"], Said());
        Refused(ErrorCode.NotInGroup, Say("two", "bob"));
        Accepted(Say("two", "cyd"));
    }

    [Fact]
    public void A_change_that_another_activation_may_have_undone_is_not_done_again()
    {
        Accepted(Create("ann"));
        Log.FailOthers(LogFault.Done);
        var join = BeginChange(joining: Users("bob"));
        var other = Do(() => Log.OpenAsync(Team));
        Assert.True(Do(() => Log.ChangeMembersAsync(new(Team, other.Epoch, [], [.. Users("bob")]))));

        Advance(TimeSpan.FromMilliseconds(100));

        Refused(ErrorCode.InternalErrror, Finish(join));
        Assert.Equal(["ann"], Members());
    }
}
