using ImOrleans.Grains.Abstractions.Conversations;

namespace ImOrleans.Grains.Tests.Groups;

public sealed class DiscussionTests : GroupTest
{
    public DiscussionTests() => Accepted(CreateTalk("ann", "bob", "cyd"));

    [Fact]
    public void Members_send_and_others_do_not()
    {
        Accepted(Finish(BeginSay("hi", "bob", key: Talk)));
        Refused(ErrorCode.NotInDiscussion, Finish(BeginSay("hi", "eve", key: Talk)));
        Refused(ErrorCode.NotInDiscussion, Do(() => Group(Talk).DescribeAsync(new(new UserId("eve"), null, 10))));
        Assert.Equal(new("Talk", new UserId("ann"), true, false), Described(Talk).Profile);
    }

    [Fact]
    public void A_discussion_that_is_there_is_not_made_again() => Refused(ErrorCode.CreateDiscussion, CreateTalk("eve"));

    [Fact]
    public void Every_member_invites_while_it_is_open_and_its_creator_alone_when_it_is_not()
    {
        Accepted(Change("bob", joining: ["dan"]));
        Refused(ErrorCode.InviteDicussion, SetOpen("bob", false));
        Accepted(SetOpen("ann", false));
        Refused(ErrorCode.JoinInDiscussion, Change("bob", joining: ["eve"]));
        Accepted(Change("ann", joining: ["eve"]));
        Refused(ErrorCode.NotInDiscussion, Change("fay", joining: ["fay"]));
        Assert.Equal(["ann", "bob", "cyd", "dan", "eve"], Members(Talk));
    }

    [Fact]
    public void Its_creator_lets_others_go_and_everybody_oneself()
    {
        Refused(ErrorCode.RcMsgUnauthorized, Change("bob", leaving: ["cyd"]));
        Accepted(Change("ann", leaving: ["cyd"]));
        Accepted(Change("bob", leaving: ["bob"]));
        Refused(ErrorCode.NotInDiscussion, Change("bob", leaving: ["bob"]));
        Assert.Equal(["ann"], Members(Talk));
    }

    [Fact]
    public void Every_member_changes_the_name()
    {
        Accepted(Do(() => Group(Talk).ChangeAsync(new(new UserId("bob")) { Name = "New" })));
        Refused(ErrorCode.NotInDiscussion, Do(() => Group(Talk).ChangeAsync(new(new UserId("eve")) { Name = "Newer" })));
        Assert.Equal("New", Described(Talk).Profile.Name);
    }

    [Fact]
    public void When_its_creator_has_left_every_member_may_do_what_the_creator_could()
    {
        Accepted(SetOpen("ann", false));
        Accepted(Change("ann", leaving: ["ann"]));

        Accepted(Change("bob", joining: ["dan"]));
        Accepted(Change("dan", leaving: ["cyd"]));
        Accepted(SetOpen("dan", true));
        Assert.Equal(["bob", "dan"], Members(Talk));
    }

    private Outcome<Done> Change(string actor, string[]? joining = null, string[]? leaving = null) =>
        Finish(BeginChange(Users(joining ?? []), Users(leaving ?? []), Talk, actor));

    private Outcome<Done> SetOpen(string actor, bool isOpen) =>
        Do(() => Group(Talk).ChangeAsync(new ChangeGroupRequest(new UserId(actor)) { IsOpen = isOpen }));
}
