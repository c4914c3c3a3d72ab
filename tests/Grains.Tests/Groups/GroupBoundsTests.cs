using ImOrleans.Domain.Conversations;
using ImOrleans.Grains.Groups;

namespace ImOrleans.Grains.Tests.Groups;

public sealed class GroupBoundsTests : GroupTest
{
    [Fact]
    public void A_group_has_three_thousand_members_and_not_one_more()
    {
        Accepted(Finish(Begin(() => Group().CreateAsync(new("Team", null, [.. Numbered(0, 1000)])))));
        Accepted(Finish(BeginChange(joining: Numbered(1000, 1000))));
        Accepted(Finish(BeginChange(joining: Numbered(2000, 999))));

        Refused(ErrorCode.BizErrorInvalidParameter, Join("one", "more"));
        Assert.Equal(2999, Described().MembersTotal);
        Accepted(Join("last"));
        Refused(ErrorCode.BizErrorInvalidParameter, Join("over"));

        // Those who are there take no room, and who goes makes some.
        Accepted(Finish(BeginChange(joining: [.. Numbered(0, 999), .. Users("last")])));
        Refused(ErrorCode.BizErrorInvalidParameter, Finish(BeginChange(joining: [.. Numbered(0, 998), .. Users("last", "over")])));
        Assert.Equal(ConversationLimits.MembersDefault, Described().MembersTotal);
        Accepted(Quit("last"));
        Accepted(Join("over"));
        Assert.Equal(ConversationLimits.MembersDefault, Described().MembersTotal);
        Accepted(Do(() => Group().DismissAsync()));
        Assert.Equal(0, Do(() => Log.CountMembersAsync(Team)));
    }

    [Fact]
    public void More_ids_than_one_change_takes_change_nothing()
    {
        Accepted(Create("ann"));
        Assert.False(Finish(BeginChange(joining: Numbered(0, 1001))).IsAccepted);
        Assert.Equal(["ann"], Members());
        Accepted(Finish(BeginChange(joining: Numbered(0, 1000))));
    }

    [Fact]
    public void The_members_that_were_asked_for_last_are_known_and_others_make_room()
    {
        var known = new KnownMembers(10);
        foreach (var user in Numbered(0, 30))
        {
            known.Add(user);
            Assert.True(known.Contains(new("u000000"))); // Asked for again and again.
            Assert.InRange(known.Count, 1, 10);
        }

        Assert.True(known.Contains(new("u000029")));
        Assert.False(known.Contains(new("u000001")));
        known.Remove(new("u000000"));
        Assert.False(known.Contains(new("u000000")));
        known.Clear();
        Assert.Equal(0, known.Count);
    }
}
