using ImOrleans.Domain.Conversations;
using ImOrleans.Grains.Abstractions.Conversations;
using ImOrleans.Grains.Abstractions.Inboxes;
using ImOrleans.Grains.Abstractions.Delivery;

namespace ImOrleans.Grains.Tests.Groups;

public sealed class GroupGrainTests : GroupTest
{
    [Fact]
    public void A_group_that_nobody_has_made_is_not_there_and_nothing_is_written_for_it()
    {
        Refused(ErrorCode.RcDiscussionGroupIdInvalid, Say("hi"));
        Refused(ErrorCode.RcDiscussionGroupIdInvalid, Join("ann"));
        Refused(ErrorCode.RcDiscussionGroupIdInvalid, Do(() => Group().DismissAsync()));
        Refused(ErrorCode.RcDiscussionGroupIdInvalid, Do(() => Group().DescribeAsync(new(null, null, 1))));

        Assert.Equal(ConversationHead.None, Do(() => Log.ReadHeadsAsync([Team]))[0]);
    }

    [Fact]
    public void Members_send_and_others_do_not_unless_it_is_the_app()
    {
        Accepted(Create("ann", "bob"));

        Assert.Equal((1, 2), (Accepted(Say("one")).Seq, Accepted(Say("two", "bob")).Seq));
        Refused(ErrorCode.NotInGroup, Say("three", "eve"));
        Accepted(Do(() => Group().SendAsync(Message("notice", sender: "app") with { IsOfApp = true })));
        Assert.Equal(["one", "two", "notice"], Said());
    }

    [Fact]
    public void Who_joins_sees_what_follows_and_who_quits_nothing_more()
    {
        Accepted(Create("ann"));
        Accepted(Say("before"));
        Accepted(Join("bob"));
        Accepted(Say("between"));
        Accepted(Quit("bob"));
        Accepted(Say("after"));

        var entry = Do(() => Log.ReadEntryAsync(new("bob"), Team))!;
        Assert.Equal((1, 2), (entry.JoinedSeq, entry.EndSeq));
        Assert.Equal(["ann"], Members());
        Refused(ErrorCode.NotInGroup, Say("back?", "bob"));
        Accepted(Join("bob"));
        Accepted(Say("back", "bob"));
    }

    [Fact]
    public void Who_comes_again_before_anybody_has_written_has_never_been_away()
    {
        Accepted(Connect(One, "bob", 1));
        Accepted(Create("ann", "bob"));
        Accepted(Say("one"));
        Accepted(Quit("bob"));
        Accepted(Join("bob"));
        Accepted(Say("two"));

        var entry = Do(() => Log.ReadEntryAsync(new("bob"), Team))!;
        Assert.Equal((0, null, 2), (entry.JoinedSeq, entry.LeftSeq, entry.EndSeq));
        Assert.Equal(2, One.Received<GroupJoined>().Length);
    }

    [Fact]
    public void A_group_that_is_made_again_gets_the_name_and_the_members_besides_its_own()
    {
        Accepted(Create("ann"));
        Accepted(Say("one"));

        Accepted(Do(() => Group().CreateAsync(new("Renamed", null, [.. Users("bob", "ann")]))));

        Assert.Equal(new("Renamed", null, true, false), Described().Profile);
        Assert.Equal([new(new("ann"), 0), new Member(new("bob"), 1)], Described().Members.AsEnumerable());
        Accepted(Do(() => Group().ChangeAsync(new(null) { Name = "Again" })));
        Assert.Equal("Again", Described().Profile.Name);
    }

    [Fact]
    public void Members_come_in_pages_with_their_number()
    {
        Accepted(Create("cyd", "ann", "bob"));

        var first = Described(count: 2);
        Assert.Equal(["ann", "bob"], first.Members.Select(member => member.User.Value));
        Assert.Equal(3, first.MembersTotal);
        var second = Accepted(Do(() => Group().DescribeAsync(new(null, new UserId("bob"), 2))));
        Assert.Equal("cyd", Assert.Single(second.Members).User.Value);
    }

    [Fact]
    public void A_sender_is_looked_up_once()
    {
        Accepted(Create("ann"));
        Accepted(Say("one"));
        Log.IsUnreadable = true;

        Accepted(Say("two"));
        Refused(ErrorCode.InternalErrror, Say("three", "bob"));
        Log.IsUnreadable = false;
        Refused(ErrorCode.NotInGroup, Say("three", "bob"));
    }

    [Fact]
    public void A_message_that_comes_again_is_answered_as_the_first_time_though_its_sender_has_left()
    {
        Accepted(Create("ann", "bob"));
        var first = Accepted(Say("hi", id: "k"));
        Accepted(Quit("ann"));

        Assert.Equal(first with { IsRepeated = true }, Accepted(Say("hi", id: "k")));
        Refused(ErrorCode.NotInGroup, Say("hi", id: "other"));
        Accepted(Do(() => Group().DismissAsync()));
        Assert.Equal(first with { IsRepeated = true }, Accepted(Say("hi", id: "k")));
        Refused(ErrorCode.RcDiscussionGroupIdInvalid, Say("hi", "bob"));
    }

    [Fact]
    public void What_is_sent_before_a_member_is_let_go_is_stored_and_what_is_sent_behind_it_is_not()
    {
        Accepted(Create("ann", "bob"));
        Accepted(Register(One));
        Log.HoldAppends();
        var (first, before) = (BeginSay("first"), BeginSay("before", "bob"));
        var quit = BeginChange(leaving: Users("bob"));
        var (behind, anns) = (BeginSay("behind", "bob"), BeginSay("last"));

        Do(() => Log.ReleaseAppends());

        Assert.All([first, before, anns], send => Accepted(Finish(send)));
        Accepted(Finish(quit));
        Refused(ErrorCode.NotInGroup, Finish(behind));
        Assert.Equal(["first", "before", "last"], Said());
        Assert.Equal(2, Do(() => Log.ReadEntryAsync(new("bob"), Team))!.EndSeq);

        // The gateway hears of it behind the last message that the one who left sees.
        Assert.Equal(
            ["1", "2", "left", "3"],
            One.Batches.SelectMany(batch => batch.Items).Select(item => item switch
            {
                ConversationPush push => $"{push.Seq}",
                GroupMembersLeft { Users: [{ Value: "bob" }] } => "left",
                _ => "?",
            }));
    }

    [Fact]
    public void Each_gateway_is_called_once_for_a_message_and_only_while_it_wants()
    {
        Accepted(Create([.. Numbered(0, 100).Select(user => user.Value)]));
        Accepted(Register(One));
        Accepted(Register(Two));

        Accepted(Say("one", "u000000"));

        Assert.Equal((1, 1), (One.Batches.Count, Two.Batches.Count));
        Assert.Equal(["one"], Told(One));
        Accepted(Register(Two, isWanted: false));
        Accepted(Say("two", "u000001"));
        Assert.Equal((2, 1), (One.Batches.Count, Two.Batches.Count));
    }

    [Fact]
    public void Who_listens_to_an_activation_that_has_written_nothing_yet_is_told_that_the_members_may_be_others()
    {
        Accepted(Register(One));
        Accepted(Create("ann", "bob"));
        Accepted(Say("one"));
        Accepted(Say("two"));

        Assert.Equal(
            [typeof(GroupOpened), typeof(ConversationPush), typeof(ConversationPush)],
            One.Received<DeliveryItem>().Select(item => item.GetType()));
    }

    [Fact]
    public void A_status_message_of_a_member_is_passed_on_and_leaves_nothing_behind()
    {
        Accepted(Create("ann", "bob"));
        Accepted(Register(One));

        var sent = Accepted(Do(() => Group().SendAsync(Message("typing") with { IsStatus = true })));

        var status = Assert.Single(One.Received<ConversationStatus>());
        Assert.Equal((Team, 0L, sent.UId), (status.Conversation, status.Message.Message.Seq, status.Message.Message.Message.UId));
        Assert.Empty(Said());
        Refused(ErrorCode.NotInGroup, Do(() => Group().SendAsync(Message("typing", sender: "eve") with { IsStatus = true })));
        Assert.Single(One.Received<ConversationStatus>());
    }

    [Fact]
    public void A_gateway_and_the_group_agree_on_what_is_registered()
    {
        Accepted(Create("ann"));
        var stamp = Accepted(Register(One));

        Assert.True(Check(true));
        Assert.False(Check(false));
        Accepted(Register(One, isWanted: false));
        Assert.True(Check(false));
        Assert.False(Check(true));

        bool Check(bool isWanted) =>
            Do(() => Group().CheckAsync(new(One.Id, stamp.Epoch, GroupRegistration.DigestOf(isWanted))));
    }

    [Fact]
    public void A_gateway_that_knows_nothing_of_the_group_any_more_gets_nothing_until_it_registers_anew()
    {
        Accepted(Create("ann"));
        var stamp = Accepted(Register(One));
        One.Answer = _ => Task.FromResult(DeliveryAck.Unknown);
        Accepted(Say("one"));
        Accepted(Say("two"));

        Assert.Single(One.Batches);
        Assert.False(Do(() => Group().CheckAsync(new(One.Id, stamp.Epoch, GroupRegistration.DigestOf(true)))));
        One.Answer = batch => Task.FromResult(Kit.FakeGateway.Ack(batch, 1));
        Accepted(Register(One));
        Accepted(Say("three"));
        Assert.Equal(["one", "three"], Told(One));
    }

    [Fact]
    public void Members_are_told_from_where_they_see()
    {
        Accepted(Connect(One, "ann", 1));
        Accepted(Connect(Two, "bob", 1));
        Accepted(Create("ann"));
        Accepted(Say("one"));
        Accepted(Join("bob", "ann"));

        Assert.All(One.Received<GroupJoined>(), told => Assert.Equal((Team, 0), (told.Group, told.JoinedSeq)));
        Assert.NotEmpty(One.Received<GroupJoined>());
        Assert.Equal(1, Assert.Single(Two.Received<GroupJoined>()).JoinedSeq);
    }

    [Fact]
    public void A_group_that_is_dismissed_has_nobody_and_is_not_made_again()
    {
        Accepted(Create("ann", "bob"));
        Accepted(Say("one"));
        Accepted(Register(One));

        Accepted(Do(() => Group().DismissAsync()));

        Assert.Empty(Assert.Single(One.Received<GroupMembersLeft>()).Users);
        Assert.Equal(0, Do(() => Log.CountMembersAsync(Team)));
        Assert.Equal(1, Do(() => Log.ReadEntryAsync(new("ann"), Team))!.LeftSeq);
        Refused(ErrorCode.RcDiscussionGroupIdInvalid, Say("two"));
        Refused(ErrorCode.RcDiscussionGroupIdInvalid, Join("cyd"));
        Refused(ErrorCode.RcDiscussionGroupIdInvalid, Create("ann"));
        Refused(ErrorCode.RcDiscussionGroupIdInvalid, Do(() => Group().DescribeAsync(new(null, null, 1))));
        Accepted(Do(() => Group().DismissAsync()));
    }

    [Fact]
    public void A_directed_message_is_stored_with_whom_it_is_for()
    {
        Accepted(Create("ann", "bob", "cyd"));
        Accepted(Do(() => Group().SendAsync(Message("psst") with
        {
            Flags = MessageFlags.Counted | MessageFlags.Directed,
            Receivers = [.. Users("bob")],
        })));

        var stored = Assert.Single(Do(() => Log.ReadAsync(Team, new(0, long.MaxValue, 1, false))).Messages).Message;
        Assert.Equal([true, true, false], Users("ann", "bob", "cyd").Select(stored.IsFor));
        Assert.Equal(0, Do(() => Log.ReadHeadsAsync([Team]))[0].LastVisibleSeq);
    }

    [Fact]
    public void A_store_that_gives_no_answer_is_not_waited_for_longer_than_said()
    {
        Accepted(Create("ann", "bob"));
        Accepted(Register(One));
        Log.HoldAppends();
        var send = BeginSay("slow", id: "k");
        var quit = BeginChange(leaving: Users("bob"));
        Advance(TimeSpan.FromSeconds(3) - TimeSpan.FromMilliseconds(1));
        Assert.False(send.IsCompleted || quit.IsCompleted);
        Advance(TimeSpan.FromMilliseconds(1));
        Refused(ErrorCode.InternalErrror, Finish(send));
        Refused(ErrorCode.InternalErrror, Finish(quit));

        // Both are done all the same, and gateways hear of it.
        Do(() => Log.ReleaseAppends());
        Assert.Equal(["ann"], Members());
        Assert.Equal(["slow"], Told(One));
        Assert.Single(One.Received<GroupMembersLeft>());
        Assert.Equal(1, Accepted(Say("slow", id: "k")).Seq);
    }

    /// <summary>The clock stands still: what was sent last has the time at which the device begins.</summary>
    [Fact]
    public void A_device_that_begins_now_gets_nothing_of_a_group_that_its_user_has_left()
    {
        Accepted(Create("ann", "bob"));
        Accepted(Say("before"));
        Accepted(Quit("bob"));
        Accepted(Say("behind bob's back"));

        Assert.Empty(Accepted(Do(() => Grains.GetGrain<IInboxGrain>(GrainKey.Inbox(new("bob"))).PullAsync(
            new(new("phone"), 10) { FromNow = true }))).Messages);
    }

    [Fact]
    public void Sixteen_changes_wait_and_one_more_is_refused_at_once()
    {
        Accepted(Create("ann"));
        Log.HoldAppends();
        var send = BeginSay("slow");
        for (var i = 0; i < 16; i++)
        {
            var change = BeginChange(joining: Numbered(i, 1));
            Advance(TimeSpan.FromSeconds(3));
            Refused(ErrorCode.InternalErrror, Finish(change));
        }

        Refused(ErrorCode.InternalErrror, Join("late"));
        Do(() => Log.ReleaseAppends());
        Assert.True(send.IsCompleted);
        Assert.Equal(["ann", .. Numbered(0, 16).Select(user => user.Value)], Members());
    }
}
