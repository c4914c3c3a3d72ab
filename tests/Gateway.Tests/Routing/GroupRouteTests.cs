using ImOrleans.Domain.Conversations;
using ImOrleans.Domain.Errors;
using ImOrleans.Gateway.Routing;
using ImOrleans.Gateway.Sessions;
using ImOrleans.Gateway.Tests.Doubles;
using ImOrleans.Grains.Abstractions.Conversations;
using ImOrleans.Grains.Abstractions.Delivery;
using ImOrleans.Grains.Abstractions.Inboxes;
using static ImOrleans.Gateway.Tests.Doubles.GatewayBench;
using static ImOrleans.Gateway.Tests.Doubles.Pushes;

namespace ImOrleans.Gateway.Tests.Routing;

/// <summary>Groups: whose sessions are told what is stored there.</summary>
public sealed class GroupRouteTests : IDisposable
{
    private readonly GatewayBench _bench = new();

    private FakeGroupGrain Grain => _bench.Grains.Group(Team);

    private GroupRoute? Route => (GroupRoute?)_bench.Routes.Find(Team.Value);

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task The_first_pull_of_a_member_registers_the_gateway_and_others_find_it_registered()
    {
        var (ann, _) = await MemberAsync("ann");
        await MemberAsync("bob");
        Assert.True(Assert.Single(Grain.Requests<GroupRegistration>()).IsWanted);
        Assert.True(ann.Inbox.IsPushing);
        Assert.Equal(1, _bench.Grains.Inbox("ann").CountOf("GetGroups"));
        Assert.Equal(1, Route!.Digest());
    }

    [Fact]
    public async Task A_message_is_one_event_for_all_members_but_its_sender_who_has_one_of_its_own()
    {
        var (ann, ofAnn) = await MemberAsync("ann");
        var (_, ofBob) = await MemberAsync("bob");
        var (_, ofCarol) = await MemberAsync("carol");

        AssertReached(Deliver(1, Push(1, Team, ann.Id, "ann"), Push(2, Team, null, "ann")), 2, 3);

        Assert.Equal([["2"], ["1", "2"], ["1", "2"]], new[] { ofAnn, ofBob, ofCarol }.Select(Pushes.Told));
        var (mine, bobs, carols) = (Last(ofAnn), Last(ofBob), Last(ofCarol));
        Assert.Same(bobs, carols);
        Assert.NotSame(bobs, mine);
        Assert.Equal(("ann", mine.AckToken), (mine.Viewer.Value, bobs.AckToken));
    }

    [Fact]
    public async Task Who_has_left_gets_nothing_more_at_once_and_the_last_one_ends_the_registration()
    {
        var (ann, ofAnn) = await MemberAsync("ann");
        var (_, ofBob) = await MemberAsync("bob");
        Deliver(1, Push(1, Team, sender: "carol"), new GroupMembersLeft(2, [new("ann"), new("nobody")]), Push(2, Team, sender: "carol"));
        Assert.Equal([["1", "pull "], ["1", "2"]], new[] { ofAnn, ofBob }.Select(Pushes.Told));

        // She may have come again, which is asked for with the next pull.
        Assert.False(ann.Inbox.IsPushing);
        Assert.True(ann.Inbox.NeedsGroups);
        Assert.Single(ofAnn.Events.OfType<ConversationNoticeEvent>());
        Assert.Empty(ann.Inbox.End());

        Deliver(2, new GroupMembersLeft(3, []));
        await _bench.NextSettledAsync();
        Assert.Null(Route);
        Assert.Equal([true, false], Grain.Requests<GroupRegistration>().Select(registration => registration.IsWanted));
    }

    [Fact]
    public async Task Members_who_may_not_be_members_any_more_pull_before_they_get_anything()
    {
        var (ann, ofAnn) = await MemberAsync("ann");

        Deliver(1, new GroupOpened(1), Push(1, Team, sender: "carol"));

        Assert.False(ann.Inbox.IsPushing);
        Assert.Single(ofAnn.Events.OfType<ConversationNoticeEvent>());
        Assert.Empty(ofAnn.Events.OfType<ConversationMessagesEvent>());
    }

    [Fact]
    public async Task Status_messages_reach_the_members_but_the_one_who_writes()
    {
        var (ann, ofAnn) = await MemberAsync("ann");
        var (_, ofBob) = await MemberAsync("bob");
        var typing = new ChatMessage(
            MessageUId.Create(Team, 0, 1), new("ann"), "RC:TypSts", default, MessageFlags.None, null, [], default);

        Deliver(1, new ConversationStatus(1, Team, new(new(0, 5, typing), ann.Id)));

        Assert.Empty(ofAnn.Events.OfType<ConversationStatusEvent>());
        Assert.Equal(typing, Assert.Single(ofBob.Events.OfType<ConversationStatusEvent>()).Message.Message);
    }

    [Fact]
    public async Task A_session_that_ends_is_taken_out_and_a_group_that_nobody_wants_is_told_so()
    {
        var (ann, _) = await MemberAsync("ann");
        await _bench.Lifecycle.EndAsync(ann).Guard();
        Assert.Same(Grain.Requests<GroupRegistration>()[0].Route.Gateway, Grain.Requests<GroupRegistration>()[1].Route.Gateway);
        Assert.Equal([true, false], Grain.Requests<GroupRegistration>().Select(registration => registration.IsWanted));
        await MemberAsync("bob");
        Assert.True(Grain.Requests<GroupRegistration>()[^1].IsWanted);
    }

    [Fact]
    public async Task Lost_items_send_the_sessions_to_pull()
    {
        var (ann, ofAnn) = await MemberAsync("ann");
        Deliver(1, Push(1, Team));
        Deliver(3, Push(3, Team));
        Assert.Equal(["1", "pull "], Pushes.Told(ofAnn));
        Assert.False(ann.Inbox.IsPushing);
        await PullAsync(ann, Mark(3, 3, Digest, new DevicePosition(Team, 3)));
        Deliver(4, Push(4, Team));
        Assert.Equal("4", Pushes.Told(ofAnn)[^1]);
    }

    [Fact]
    public async Task Another_activation_sends_the_sessions_to_pull()
    {
        var (ann, ofAnn) = await MemberAsync("ann");
        Grain.Epoch = 2;
        _bench.Registrar.Invalidate(Route!);
        await _bench.NextSettledAsync();
        Assert.Equal(["pull "], Pushes.Told(ofAnn));
        Assert.False(ann.Inbox.IsPushing);
    }

    /// <summary>A grain that had forgotten this gateway counts its batches anew.</summary>
    [Fact]
    public async Task A_grain_that_had_forgotten_the_gateway_sends_the_sessions_to_pull()
    {
        var (ann, ofAnn) = await MemberAsync("ann");
        Deliver(5, Push(1, Team));
        _bench.Registrar.Invalidate(Route!);
        await _bench.NextSettledAsync();
        Assert.Equal(["1", "pull "], Pushes.Told(ofAnn));
        Assert.False(ann.Inbox.IsPushing);
    }

    /// <summary>The pull does not wait for long, and what may have been missed meanwhile is pulled once more.</summary>
    [Fact]
    public async Task A_group_that_answers_late_disturbs_who_has_pulled_by_then()
    {
        Grain.Hold("Register");
        var (ann, ofAnn) = await ConnectAsync("ann");
        _bench.Grains.Inbox("ann").Groups = new([Team], Digest);
        _bench.Grains.Inbox("ann").Pulled = Pulled(Mark(0, 0, Digest));
        var pull = _bench.Chats.PullAsync(ann, 10);
        var registration = await Grain.NextAsync("Register");
        while (await _bench.Clock.NextTimerAsync() != TimeSpan.FromMilliseconds(500))
        {
            // Those of the login.
        }

        Assert.False(pull.IsCompleted);
        _bench.Clock.Advance(TimeSpan.FromMilliseconds(500));
        AssertAccepted(await pull.Guard());
        Assert.True(ann.Inbox.IsPushing);
        Assert.Empty(Pushes.Told(ofAnn));

        registration.Reply((Outcome<RouteStamp>)Grain.Stamp);
        await _bench.NextSettledAsync();
        Assert.Equal(["pull "], Pushes.Told(ofAnn));
        Assert.False(ann.Inbox.IsPushing);
    }

    /// <summary>The same activation is told that nobody is here and then that somebody is: in between it passes nothing on.</summary>
    [Fact]
    public async Task Who_comes_while_a_group_is_told_that_nobody_is_here_is_disturbed_when_it_knows_better()
    {
        var (ann, _) = await MemberAsync("ann");
        await _bench.NextSettledAsync();
        Grain.Hold("Register");
        await _bench.Lifecycle.EndAsync(ann).Guard();
        var ending = await Grain.NextAsync("Register");
        var (bob, ofBob) = await ConnectAsync("bob");
        _bench.Grains.Inbox("bob").Groups = new([Team], Digest);
        _bench.Grains.Inbox("bob").Pulled = Pulled(Mark(0, 0, Digest));
        var pull = _bench.Chats.PullAsync(bob, 10);
        ending.Reply((Outcome<RouteStamp>)Grain.Stamp);
        await _bench.PassFirstPauseAsync();
        var beginning = await Grain.NextAsync("Register");
        Assert.Equal([false, true], new[] { ending, beginning }.Select(call => ((GroupRegistration)call.Request).IsWanted));
        AssertAccepted(await pull.Guard());
        Assert.True(bob.Inbox.IsPushing);

        beginning.Reply((Outcome<RouteStamp>)Grain.Stamp);
        await _bench.NextSettledAsync();
        Assert.Equal(["pull "], Pushes.Told(ofBob));
        Assert.False(bob.Inbox.IsPushing);
    }

    [Fact]
    public async Task News_of_a_group_sends_who_has_pulled_to_ask_for_its_groups_and_nobody_else()
    {
        var (ann, ofAnn) = await ConnectAsync("ann");
        _bench.DeliverToUser("ann", 1, new GroupJoined(1, Team, 4));
        Assert.Empty(Pushes.Told(ofAnn));

        await PullAsync(ann, Mark());
        _bench.Grains.Inbox("ann").Groups = new([Team], Digest);
        _bench.DeliverToUser("ann", 2, new GroupJoined(2, Team, 4));
        Assert.Equal(["pull team"], Pushes.Told(ofAnn));
        await PullAsync(ann, Mark(0, 0, Digest));
        Deliver(1, Push(1, Team));
        Assert.Equal("1", Pushes.Told(ofAnn)[^1]);

        // It is no news any more.
        _bench.DeliverToUser("ann", 3, new GroupJoined(3, Team, 4));
        Assert.True(ann.Inbox.IsPushing);
    }

    [Fact]
    public async Task A_pull_that_finds_other_groups_than_the_session_has_is_followed_by_another()
    {
        var (ann, ofAnn) = await ConnectAsync("ann");
        await PullAsync(ann, Mark(0, 0, Digest));
        Assert.Equal(["pull "], Pushes.Told(ofAnn));
        Assert.False(ann.Inbox.IsPushing);
        _bench.Grains.Inbox("ann").Groups = new([Team], Digest);
        await PullAsync(ann, Mark(0, 0, Digest));
        Assert.True(ann.Inbox.IsPushing);
    }

    private static long Digest => InboxMark.DigestOf(Team);

    private static ConversationMessagesEvent Last(FakeConnection connection) =>
        connection.Events.OfType<ConversationMessagesEvent>().Last();

    private DeliveryAck Deliver(long number, params DeliveryItem[] items) =>
        _bench.Deliver(Team.Value, Grain.Epoch, number, items);

    private async Task<(Session Session, FakeConnection Connection)> ConnectAsync(string user)
    {
        var connection = new FakeConnection();
        return (await _bench.ConnectAsync(user, connection), connection);
    }

    /// <summary>A user of the team who is caught up with all that there is: nothing.</summary>
    private async Task<(Session Session, FakeConnection Connection)> MemberAsync(string user)
    {
        _bench.Grains.Inbox(user).Groups = new([Team], Digest);
        var (session, connection) = await ConnectAsync(user);
        await PullAsync(session, Mark(0, 0, Digest));
        return (session, connection);
    }

    private async Task PullAsync(Session session, InboxMark mark)
    {
        _bench.Grains.Inbox(session.User.Value).Pulled = Pulled(mark);
        AssertAccepted(await _bench.Chats.PullAsync(session, 10).Guard());
    }
}
