using ImOrleans.Domain.Conversations;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Gateway.Sessions;
using ImOrleans.Grains.Abstractions.Conversations;
using ImOrleans.Grains.Abstractions.Inboxes;
using static ImOrleans.Gateway.Tests.Doubles.Pushes;

namespace ImOrleans.Gateway.Tests.Sessions;

/// <summary>The rules by which messages are pushed to a session or pulled by it.</summary>
public sealed class SessionInboxTests
{
    private const PushVerdictKind None = PushVerdictKind.None;
    private const PushVerdictKind Notice = PushVerdictKind.Notice;
    private const PushVerdictKind Whole = PushVerdictKind.Whole;
    private const PushVerdictKind Part = PushVerdictKind.Part;

    private static readonly ConversationKey AnnAndCarol = ConversationKey.Private(new("ann"), new("carol"));
    private static readonly SessionId Me = new(new("gateway"), 1);

    private readonly SessionInbox _inbox = new(Me, new("ann"));
    private readonly List<(long Seq, PushVerdictKind Kind)> _posted = [];

    [Fact]
    public void A_session_begins_in_pull_mode_and_is_told_once_until_it_pulls()
    {
        Assert.False(_inbox.IsPushing);
        Assert.Equal([Notice, None, None], Take(Push(1), Push(2), Empty(3)));
        _inbox.BeginPull();
        Assert.Equal([Notice, None], Take(Push(4), Push(5)));
    }

    [Fact]
    public void In_pull_mode_it_is_told_of_nothing_that_it_wrote_or_is_not_to_see()
    {
        Assert.Equal(
            [None, None, Notice],
            Take(Push(1, writer: Me), Directed(2, "carol"), Directed(3, "ann")));
    }

    [Fact]
    public void A_finished_pull_with_nothing_to_acknowledge_leads_to_push_mode_at_once()
    {
        Pull(Mark());
        Assert.True(_inbox.IsPushing);
        Assert.Equal([Whole, Whole], Take(Push(1), Push(2)));
    }

    [Fact]
    public void A_finished_pull_leads_to_push_mode_with_its_acknowledgement_and_no_other()
    {
        Pull(Mark(5, 0, 0, new DevicePosition(AnnAndBob, 5)), "token");
        Assert.False(_inbox.IsPushing);
        _inbox.EndPull("another", Post);
        Assert.False(_inbox.IsPushing);
        _inbox.EndPull("token", Post);
        Assert.True(_inbox.IsPushing);
        Assert.Equal([Whole], Take(Push(6)));
    }

    [Fact]
    public void A_pull_that_is_not_finished_or_not_the_last_one_leads_nowhere()
    {
        _inbox.BeginGroups();
        _inbox.BeginPull();
        _inbox.EndPull(null, "page", Post);
        _inbox.EndPull("page", Post);
        Assert.False(_inbox.IsPushing);

        Pull(Mark(), "first");
        _inbox.BeginPull();
        _inbox.EndPull("first", Post);
        Assert.False(_inbox.IsPushing);
    }

    /// <summary>No gap between the backlog and what is live, and nothing twice: what came in between is held.</summary>
    [Fact]
    public void What_came_since_the_pull_began_is_told_and_what_the_pull_has_not_read_is_handed_out_with_its_acknowledgement()
    {
        _inbox.BeginGroups();
        _inbox.BeginPull();
        Assert.Equal([Notice, None], Take(Push(4), Push(5)));
        _inbox.EndPull(Mark(5, 0, 0, new DevicePosition(AnnAndBob, 5)), "token", Post);
        Assert.Equal([None, None], Take(Push(6), Push(7, writer: Me)));
        _inbox.EndPull("token", Post);

        Assert.Equal([(6, Whole)], _posted);
        Assert.Equal([Whole], Take(Push(8)));
    }

    [Fact]
    public void What_is_held_and_has_a_gap_leads_back_to_pull_mode()
    {
        _inbox.BeginGroups();
        _inbox.BeginPull();
        Take(Push(7), Push(8));
        _inbox.EndPull(Mark(5, 0, 0, new DevicePosition(AnnAndBob, 5)), "token", Post);
        _inbox.EndPull("token", Post);

        Assert.Equal([(7, Notice)], _posted);
        Assert.False(_inbox.IsPushing);
    }

    [Fact]
    public void As_much_is_held_as_may_wait_to_be_acknowledged()
    {
        Pull(Mark(), "token");
        Take(Push(SessionInbox.WaitingMax, count: SessionInbox.WaitingMax));
        _inbox.EndPull("token", Post);
        Assert.Equal([(SessionInbox.WaitingMax, Whole)], _posted);

        _inbox.Reset(1);
        Pull(Mark(), "token");
        Take(Push(SessionInbox.WaitingMax, count: SessionInbox.WaitingMax), Push(SessionInbox.WaitingMax + 1));
        _inbox.EndPull("token", Post);
        Assert.False(_inbox.IsPushing);
    }

    [Fact]
    public void What_was_not_passed_on_cannot_be_held()
    {
        Pull(Mark(), "token");
        Assert.Equal([Notice], Take(Empty(1)));
        _inbox.EndPull("token", Post);
        Assert.False(_inbox.IsPushing);
    }

    [Fact]
    public void A_conversation_goes_on_from_where_it_was_handed()
    {
        Pull(Mark(3, 0, 0, new DevicePosition(AnnAndBob, 3)));
        Assert.Equal([Whole, None, Whole, None], Take(Push(4), Push(4), Push(6, count: 2), Push(5)));
    }

    [Fact]
    public void A_gap_leads_to_pull_mode_and_is_told_once()
    {
        Pull(Mark(3, 0, 0, new DevicePosition(AnnAndBob, 3)));
        Assert.Equal([Notice, None], Take(Push(5), Push(6)));
        Assert.False(_inbox.IsPushing);
    }

    [Fact]
    public void A_push_without_messages_leads_to_pull_mode_unless_it_is_known()
    {
        Pull(Mark(3, 0, 0, new DevicePosition(AnnAndBob, 3)));
        Assert.Equal([None], Take(Empty(3)));
        Assert.True(_inbox.IsPushing);
        Assert.Equal([Notice], Take(Empty(4)));
        Assert.False(_inbox.IsPushing);
    }

    /// <summary>A conversation that the pull found to end before the mark's time has no place: times tell what was read.</summary>
    [Fact]
    public void A_conversation_without_a_place_goes_on_when_the_message_before_is_from_before_the_mark()
    {
        Pull(Mark(asOf: 10));
        Assert.Equal([None, Whole], Take(Push(9), Push(10)));

        // The message before has the time of the mark: it may have come after the pull.
        Assert.Equal([Notice], Take(Push(11, AnnAndCarol)));
    }

    [Fact]
    public void A_conversation_without_a_place_that_begins_goes_on()
    {
        Pull(Mark());
        Assert.Equal([Whole, Whole], Take(Push(1), Push(1, AnnAndCarol)));
    }

    [Fact]
    public void What_is_partly_known_is_cut()
    {
        Pull(Mark(10, 0, 0, new DevicePosition(AnnAndBob, 10)));
        Assert.Equal("11,12", string.Join(",", _inbox.Take(Push(12, count: 4)).Messages.Select(message => message.Seq)));
        Assert.Equal("10", string.Join(",", _inbox.Take(Push(10, AnnAndCarol, count: 4)).Messages.Select(message => message.Seq)));
        Assert.Equal(3, _inbox.Total!.Value.Count);
    }

    [Fact]
    public void Own_messages_and_those_for_others_move_the_place_and_are_not_handed_out()
    {
        Pull(Mark());
        Assert.Equal([None, None, Whole], Take(Push(1, writer: Me), Directed(2, "carol"), Push(3)));
        var mixed = Push(5, count: 2) with { Messages = [Pushed(4, AnnAndBob, Me), Pushed(5, AnnAndBob)] };
        var verdict = _inbox.Take(mixed);
        Assert.Equal((Part, 5), (verdict.Kind, Assert.Single(verdict.Messages).Seq));
        Assert.Equal(5, _inbox.Total!.Value.Count);
    }

    [Fact]
    public void As_many_messages_may_wait_to_be_acknowledged_and_one_more_leads_to_pull_mode()
    {
        Pull(Mark());
        for (var i = 1; i <= SessionInbox.WaitingMax; i++)
            Assert.Equal(Whole, _inbox.Take(Push(i)).Kind);
        Assert.Equal(Notice, _inbox.Take(Push(SessionInbox.WaitingMax + 1)).Kind);
        Assert.False(_inbox.IsPushing);
    }

    [Fact]
    public void An_acknowledgement_makes_room_for_all_up_to_it_in_its_conversation()
    {
        Pull(Mark());
        for (var i = 1; i < SessionInbox.WaitingMax; i++)
            _inbox.Take(Push(i));
        _inbox.Take(Push(1, AnnAndCarol));
        _inbox.Acknowledge(new(AnnAndBob, 10));
        _inbox.Acknowledge(new(AnnAndBob, 10));
        for (var i = 0; i < 10; i++)
            Assert.Equal(Whole, _inbox.Take(Push(SessionInbox.WaitingMax + i)).Kind);
        Assert.Equal(Notice, _inbox.Take(Push(2, AnnAndCarol)).Kind);
    }

    /// <summary>The token of a batch stands for the last message that it has.</summary>
    [Fact]
    public void A_batch_that_ends_with_own_messages_is_acknowledged_with_its_last_one_of_others()
    {
        Pull(Mark());
        for (var i = 1; i < SessionInbox.WaitingMax; i++)
            _inbox.Take(Push(i));
        var last = SessionInbox.WaitingMax;
        var mixed = Push(last + 1, count: 2) with { Messages = [Pushed(last, AnnAndBob), Pushed(last + 1, AnnAndBob, Me)] };
        Assert.Equal(Part, _inbox.Take(mixed).Kind);
        _inbox.Acknowledge(new(AnnAndBob, last));
        Assert.Equal([Whole], Take(Push(last + 1 + SessionInbox.WaitingMax, count: SessionInbox.WaitingMax)));
    }

    [Fact]
    public void As_many_bytes_may_wait_and_one_more_leads_to_pull_mode()
    {
        Pull(Mark());
        var room = SessionInbox.WaitingBytesMax - Push(1).Messages[0].Message.Message.Bytes;
        Assert.Equal(Whole, _inbox.Take(Push(1, bytes: room)).Kind);
        Assert.Equal(Notice, _inbox.Take(Push(2)).Kind);

        _inbox.Reset(1);
        Pull(Mark());
        Assert.Equal(Notice, _inbox.Take(Push(1, bytes: room + 1)).Kind);
    }

    [Fact]
    public void Own_messages_do_not_wait_to_be_acknowledged()
    {
        Pull(Mark());
        for (var i = 1; i <= SessionInbox.WaitingMax * 2; i++)
            Assert.Equal(None, _inbox.Take(Push(i, writer: Me)).Kind);
        Assert.True(_inbox.IsPushing);
    }

    [Fact]
    public void As_many_conversations_have_a_place_and_one_more_leads_to_pull_mode()
    {
        Pull(Mark());
        for (var i = 0; i < SessionInbox.ConversationsMax; i++)
        {
            var key = ConversationKey.Private(new("ann"), new($"u{i}"));
            Assert.Equal(Whole, _inbox.Take(Push(1, key)).Kind);
            _inbox.Acknowledge(new(key, 1));
        }

        Assert.Equal(Notice, _inbox.Take(Push(1)).Kind);

        // The next pull begins with the places that it names.
        Pull(Mark(1));
        Assert.Equal(Whole, _inbox.Take(Push(1, previousAt: 0)).Kind);
    }

    [Fact]
    public void What_was_handed_over_this_connection_may_be_acknowledged_also_in_pull_mode()
    {
        Pull(Mark());
        Take(Push(1), Push(2), Push(9));
        Assert.False(_inbox.IsPushing);
        Assert.True(_inbox.IsHanded(new(AnnAndBob, 2)));
        Assert.False(_inbox.IsHanded(new(AnnAndBob, 3)));
        Assert.False(_inbox.IsHanded(new(AnnAndCarol, 1)));
        _inbox.Reset(1);
        Assert.False(_inbox.IsHanded(new(AnnAndBob, 1)));
    }

    [Fact]
    public void Another_connection_begins_in_pull_mode_and_what_is_pushed_names_the_connection()
    {
        Pull(Mark());
        Assert.Equal(0, _inbox.Take(Push(1)).Connection);
        _inbox.Reset(3);
        Assert.False(_inbox.IsPushing);
        Assert.Equal([Notice], Take(Push(2)));
        Pull(Mark(2, 0, 0, new DevicePosition(AnnAndBob, 2)));
        Assert.Equal(3, _inbox.Take(Push(3)).Connection);
    }

    [Fact]
    public void A_pull_that_another_connection_began_leads_nowhere()
    {
        Pull(Mark(), "token");
        _inbox.Reset(1);
        _inbox.EndPull("token", Post);
        Assert.False(_inbox.IsPushing);
        _inbox.BeginPull();
        _inbox.Reset(2);
        _inbox.EndPull(Mark(), null, Post);
        Assert.False(_inbox.IsPushing);
    }

    /// <summary>A client that pulls for good measure, or late for a notice, must not lose the pushes of that time.</summary>
    [Fact]
    public void A_pull_in_push_mode_changes_nothing()
    {
        Pull(Mark());
        Take(Push(1));
        _inbox.BeginPull();
        Assert.Equal([Whole], Take(Push(2)));
        Assert.False(_inbox.EndPull(Mark(1, 1), "token", Post));
        _inbox.EndPull("token", Post);
        Assert.Equal([Whole], Take(Push(3)));
        Assert.Equal(3, _inbox.Total!.Value.Count);
        Assert.Empty(_posted);
    }

    [Fact]
    public void A_pull_that_began_in_push_mode_does_not_lead_out_of_the_pull_mode_that_came_meanwhile()
    {
        Pull(Mark());
        _inbox.BeginPull();
        Assert.Equal([Notice], Take(Push(5)));
        _inbox.EndPull(Mark(4), null, Post);
        Assert.False(_inbox.IsPushing);
    }

    [Fact]
    public void A_session_that_is_disturbed_has_to_pull_and_is_told_once()
    {
        Assert.False(_inbox.Disturb());
        Pull(Mark());
        Assert.True(_inbox.Disturb());
        Assert.False(_inbox.Disturb());
        Assert.False(_inbox.IsPushing);
        Assert.Equal([None], Take(Push(1)));
    }

    [Fact]
    public void A_disturbance_while_a_pull_is_under_way_keeps_it_from_leading_to_push_mode()
    {
        Pull(Mark(), "token");
        Assert.True(_inbox.Disturb());
        _inbox.EndPull("token", Post);
        Assert.False(_inbox.IsPushing);
        Pull(Mark());
        Assert.True(_inbox.IsPushing);
    }

    [Fact]
    public void Groups_are_asked_for_first_and_again_when_they_may_have_changed()
    {
        Assert.True(_inbox.NeedsGroups);
        Pull(Mark());
        Assert.False(_inbox.NeedsGroups);
        Assert.True(_inbox.Disturb(groups: true));
        Assert.True(_inbox.NeedsGroups);
        _inbox.BeginGroups();
        _inbox.ForgetGroups();
        Assert.True(_inbox.NeedsGroups);
    }

    [Fact]
    public void A_pull_that_found_other_groups_leads_to_another_pull_that_asks_for_them()
    {
        _inbox.BeginGroups();
        var (added, removed) = _inbox.SetGroups(Groups(Team));
        Assert.Equal([Team], added);
        Assert.Empty(removed);
        _inbox.BeginPull();
        Assert.True(_inbox.EndPull(Mark(), null, Post));
        Assert.Equal((false, true), (_inbox.IsPushing, _inbox.NeedsGroups));

        _inbox.BeginGroups();
        (added, removed) = _inbox.SetGroups(Groups());
        Assert.Empty(added);
        Assert.Equal([Team], removed);
        _inbox.BeginPull();
        Assert.False(_inbox.EndPull(Mark(), null, Post));
        Assert.True(_inbox.IsPushing);
    }

    [Fact]
    public void A_group_that_is_left_is_taken_out_of_the_digest()
    {
        var club = ConversationKey.Discussion(new("club"));
        _inbox.BeginGroups();
        _inbox.SetGroups(Groups(Team, club));
        _inbox.LeaveGroup(Team);
        _inbox.LeaveGroup(Team);
        _inbox.BeginPull();
        _inbox.EndPull(Mark(groups: Groups(club).Digest), null, Post);
        Assert.True(_inbox.IsPushing);
        Assert.Equal([club], _inbox.End());
        Assert.Empty(_inbox.SetGroups(Groups(Team)).Added);
    }

    [Fact]
    public void Groups_that_change_while_they_are_asked_for_are_asked_for_again()
    {
        _inbox.BeginGroups();
        _inbox.Disturb(groups: true);
        _inbox.SetGroups(Groups());
        _inbox.BeginPull();
        Assert.True(_inbox.EndPull(Mark(), null, Post));
        Assert.True(_inbox.NeedsGroups);
    }

    [Fact]
    public void What_the_store_counts_has_to_be_what_was_handed_or_what_came_meanwhile()
    {
        Pull(Mark(total: 7));
        var before = _inbox.Total!.Value;
        Assert.Equal(7, before.Count);
        Take(Push(2, count: 2));
        Assert.Equal([false, true, true, true, false], Enumerable.Range(6, 5).Select(stored => _inbox.Agrees(before, stored)));
        Assert.False(_inbox.DisturbUnlessAgrees(before, 9));
        Assert.True(_inbox.DisturbUnlessAgrees(before, 10));
        Assert.False(_inbox.IsPushing);
        Assert.Null(_inbox.Total);

        // That count is of another time.
        Assert.True(_inbox.Agrees(before, 99));
        Pull(Mark(total: 99));
        Assert.True(_inbox.Agrees(before, 0));
    }

    private void Pull(InboxMark mark, string? token = null)
    {
        _inbox.BeginGroups();
        _inbox.BeginPull();
        Assert.False(_inbox.EndPull(mark, token, Post));
    }

    private IEnumerable<PushVerdictKind> Take(params ConversationPush[] pushes) =>
        [.. pushes.Select(push => _inbox.Take(push).Kind)];

    private void Post(ConversationPush push, PushVerdict verdict) => _posted.Add((push.Seq, verdict.Kind));

    private static ConversationPush Directed(long seq, string receiver) =>
        Push(seq) with { Messages = [Pushed(seq, AnnAndBob, receivers: new UserId(receiver))] };

    private static UserGroups Groups(params ConversationKey[] keys) => new([.. keys], keys.Sum(InboxMark.DigestOf));
}
