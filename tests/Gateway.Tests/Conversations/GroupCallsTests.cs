using ImOrleans.Domain.Conversations;
using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Gateway.Conversations;
using ImOrleans.Gateway.ServerApi;
using ImOrleans.Gateway.Sessions;
using ImOrleans.Gateway.Tests.Doubles;
using ImOrleans.Grains.Abstractions.Conversations;
using static ImOrleans.Gateway.Tests.Doubles.GatewayBench;

namespace ImOrleans.Gateway.Tests.Conversations;

public sealed class GroupCallsTests : IDisposable
{
    private static readonly ConversationKey Team = ConversationKey.Group(new("team"));

    private readonly GatewayBench _bench = new();
    private readonly GroupCalls _groups;
    private readonly CallOrder _order;

    public GroupCallsTests()
    {
        _groups = new(_bench.Grains.Factory);
        _order = new(_bench.Clock);
    }

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task Messages_of_groups_and_discussions_go_to_the_grain_that_knows_their_members()
    {
        var ann = await _bench.ConnectAsync();
        var chats = _bench.Chats;
        foreach (var key in new[] { Team, ConversationKey.Discussion(new("talk")) })
        {
            AssertAccepted(await chats.SendAsync(ann, key, new(ann.User, "RC:TxtMsg", default, default, null)).Guard());
            Assert.Equal(ann.Id, Assert.Single(_bench.Grains.Group(key).Requests<SendChatMessageRequest>()).Session);
        }
    }

    [Fact]
    public async Task A_discussion_has_an_id_of_its_own_and_its_creator_once()
    {
        var ids = new HashSet<GroupId>();
        for (var i = 0; i < 2; i++)
        {
            var id = (await _groups.CreateDiscussionAsync(_order, new("ann"), "Talk", [new("bob"), new("ann")]).Guard()).Value;
            Assert.True(GroupId.TryParse(id.Value, out _));
            ids.Add(id);
            var request = Assert.Single(_bench.Grains.Group(ConversationKey.Discussion(id)).Requests<CreateGroupRequest>());
            Assert.Equal(("Talk", "ann"), (request.Name, request.Creator?.Value));
            Assert.Equal(["ann", "bob"], request.Members.Select(user => user.Value));
        }

        Assert.Equal(2, ids.Count);
    }

    [Fact]
    public async Task A_group_that_cannot_be_reached_is_told_as_retryable()
    {
        var group = _bench.Grains.Group(Team);
        group.Script("Dismiss", new TimeoutException());
        AssertRefused(ErrorCode.InternalErrror, await _groups.DismissAsync(_order, Team).Guard());
        _bench.Grains.GroupsOf("ann").Script("List", new TimeoutException());
        AssertRefused(ErrorCode.InternalErrror, await _groups.ListAsync(new("ann"), null, 1).Guard());
    }

    [Fact]
    public async Task A_sync_joins_makes_renames_and_quits_what_differs_and_touches_nothing_else()
    {
        var has = _bench.Grains.GroupsOf("ann");
        has.PageMax = 2;
        foreach (var (id, name) in new[] { ("keep", "Keep"), ("old", "Old"), ("quit", "Quit"), ("same", "Same") })
            has.Groups.Add(new(new(id), name));

        var outcomes = (await new GroupSync(_groups, _order, new("ann")).RunAsync(new Dictionary<GroupId, string?>
        {
            [new("keep")] = null,
            [new("same")] = "Same",
            [new("old")] = "Renamed",
            [new("made")] = "Made",
            [new("join")] = null,
        }).Guard()).Value!;

        Assert.Equal(["join", "made", "old", "quit"], outcomes.Select(one => one.TargetId).Order());
        Assert.Equal("Renamed", Assert.Single(Of("old").Requests<CreateGroupRequest>()).Name);
        Assert.Equal("Made", Assert.Single(Of("made").Requests<CreateGroupRequest>()).Name);
        Assert.Equal("ann", Assert.Single(Assert.Single(Of("join").Requests<ChangeGroupRequest>()).Joining).Value);
        Assert.Equal("ann", Assert.Single(Assert.Single(Of("quit").Requests<ChangeGroupRequest>()).Leaving).Value);
        Assert.Empty(Of("keep").Calls.Concat(Of("same").Calls));

        FakeGroupGrain Of(string id) => _bench.Grains.Group(ConversationKey.Group(new(id)));
    }

    [Fact]
    public async Task A_sync_that_does_not_know_where_its_user_is_changes_nothing()
    {
        _bench.Grains.GroupsOf("ann").Script("List", new TimeoutException());
        AssertRefused(
            ErrorCode.InternalErrror,
            await new GroupSync(_groups, _order, new("ann"))
                .RunAsync(new Dictionary<GroupId, string?> { [new("team")] = "Team" }).Guard());
        Assert.Empty(_bench.Grains.Group(Team).Calls);
    }

    [Fact]
    public async Task Calls_for_many_targets_are_bounded_and_told_in_their_order()
    {
        var (running, most) = (0, 0);
        var gate = new TaskCompletionSource();
        var calls = TargetCalls.EachAsync<int>([.. Enumerable.Range(0, 100)], i => $"{i}", async i =>
        {
            most = Math.Max(most, Interlocked.Increment(ref running));
            await gate.Task;
            Interlocked.Decrement(ref running);
            return i == 7 ? ErrorCode.NotInGroup : new Outcome<object>(i, null);
        });
        Assert.Equal(32, running);
        gate.SetResult();
        var outcomes = await calls.Guard();

        Assert.Equal(32, most);
        Assert.Equal(Enumerable.Range(0, 100).Select(i => $"{i}"), outcomes.Select(one => one.TargetId));
        Assert.Equal("7", Assert.Single(outcomes, one => !one.Outcome.IsAccepted).TargetId);
    }
}
