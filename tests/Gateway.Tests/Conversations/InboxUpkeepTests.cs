using System.Collections.Immutable;
using ImOrleans.Domain.Conversations;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Gateway.Conversations;
using ImOrleans.Gateway.Sessions;
using ImOrleans.Gateway.Tests.Doubles;
using Microsoft.Extensions.Logging.Abstractions;
using static ImOrleans.Gateway.Tests.Doubles.GatewayBench;
using static ImOrleans.Gateway.Tests.Doubles.Pushes;

namespace ImOrleans.Gateway.Tests.Conversations;

/// <summary>The check that finds what was stored and never passed on.</summary>
public sealed class InboxUpkeepTests : IDisposable
{
    private readonly GatewayBench _bench = new();
    private readonly InboxUpkeep _upkeep;

    public InboxUpkeepTests() => _upkeep = new(
        _bench.Identity, _bench.Lifecycle, _bench.Grains.Factory, _bench.Clock, NullLogger<InboxUpkeep>.Instance);

    private FakeInboxTotalsGrain Store => _bench.Grains.Totals(_bench.Identity.Id);

    public void Dispose()
    {
        _upkeep.Dispose();
        _bench.Dispose();
    }

    [Fact]
    public async Task A_session_that_was_not_passed_on_the_last_message_is_told_to_pull()
    {
        var (ann, ofAnn) = await CaughtUpAsync("ann");
        var (bob, ofBob) = await CaughtUpAsync("bob");
        _bench.DeliverToUser("bob", 1, Push(1, sender: "ann"));
        (Store.Totals["ann"], Store.Totals["bob"]) = (1, 1);
        _upkeep.Start();

        await PassAsync(InboxUpkeep.Period);
        Assert.Equal(["ann", "bob"], Names(await Store.NextAsync("ReadTotals")).Order());
        Assert.Empty(Pushes.Told(ofAnn));
        await PassAsync(InboxUpkeep.Grace);
        Assert.Equal(["ann"], Names(await Store.NextAsync("ReadTotals")));
        await PassAsync(InboxUpkeep.Period - InboxUpkeep.Grace, isNew: false);

        Assert.Equal(["bob"], Names(await Store.NextAsync("ReadTotals")));
        Assert.Equal(["pull "], Pushes.Told(ofAnn));
        Assert.Equal(["1"], Pushes.Told(ofBob));
        Assert.Equal((false, true), (ann.Inbox.IsPushing, bob.Inbox.IsPushing));
        await _upkeep.StopAsync().Guard();
    }

    [Fact]
    public async Task What_is_on_its_way_is_waited_for()
    {
        var (ann, ofAnn) = await CaughtUpAsync("ann");
        Store.Totals["ann"] = 1;
        _upkeep.Start();
        await PassAsync(InboxUpkeep.Period);
        await Store.NextAsync("ReadTotals");
        await WaitForAsync(InboxUpkeep.Grace);
        _bench.DeliverToUser("ann", 1, Push(1));
        _bench.Clock.Advance(InboxUpkeep.Grace);
        await Store.NextAsync("ReadTotals");
        await PassAsync(InboxUpkeep.Period - InboxUpkeep.Grace, isNew: false);
        await Store.NextAsync("ReadTotals");
        Assert.Equal(["1"], Pushes.Told(ofAnn));
        Assert.True(ann.Inbox.IsPushing);
        await _upkeep.StopAsync().Guard();
    }

    [Fact]
    public async Task A_store_that_does_not_answer_disturbs_nobody_and_is_asked_again()
    {
        var (ann, ofAnn) = await CaughtUpAsync("ann");
        Store.Totals["ann"] = 1;
        Store.Script("ReadTotals", ErrorCode.InternalErrror, new TimeoutException());
        _upkeep.Start();
        for (var i = 0; i < 2; i++)
        {
            await PassAsync(InboxUpkeep.Period, isNew: i == 0);
            await Store.NextAsync("ReadTotals");
        }

        Assert.Empty(Pushes.Told(ofAnn));
        Assert.True(ann.Inbox.IsPushing);
        await PassAsync(InboxUpkeep.Period, isNew: false);
        await PassAsync(InboxUpkeep.Grace);
        await Store.NextAsync("ReadTotals");
        await _upkeep.StopAsync().Guard();
        Assert.Equal(["pull "], Pushes.Told(ofAnn));
    }

    [Fact]
    public async Task Users_are_asked_about_a_thousand_at_a_time_and_each_once()
    {
        for (var i = 0; i <= ConversationLimits.PageMessagesMax; i++)
            await CaughtUpAsync($"u{i}");
        await CaughtUpAsync("u0");
        _upkeep.Start();
        await PassAsync(InboxUpkeep.Period);
        int[] asked = [Names(await Store.NextAsync("ReadTotals")).Count(), Names(await Store.NextAsync("ReadTotals")).Count()];
        Assert.Equal([ConversationLimits.PageMessagesMax, 1], asked);
        await _upkeep.StopAsync().Guard();
    }

    [Fact]
    public async Task Who_pulls_is_not_asked_about()
    {
        await _bench.ConnectAsync("ann");
        _upkeep.Start();
        await PassAsync(InboxUpkeep.Period);
        await _upkeep.StopAsync().Guard();
        Assert.Equal(0, Store.CountOf("ReadTotals"));
    }

    private static IEnumerable<string> Names(FakeCall call) =>
        ((ImmutableArray<UserId>)call.Request).Select(user => user.Value);

    private async Task WaitForAsync(TimeSpan timer)
    {
        while (await _bench.Clock.NextTimerAsync() != timer)
        {
            // Those of the sessions.
        }
    }

    private async Task PassAsync(TimeSpan time, bool isNew = true)
    {
        if (isNew)
            await WaitForAsync(time);
        _bench.Clock.Advance(time);
    }

    private async Task<(Session Session, FakeConnection Connection)> CaughtUpAsync(string user)
    {
        var connection = new FakeConnection();
        var session = await _bench.ConnectAsync(user, connection, wishes: new() { IsResumable = true });
        _bench.Grains.Inbox(user).Pulled = Pulled(Mark());
        AssertAccepted(await _bench.Chats.PullAsync(session, 10).Guard());
        return (session, connection);
    }
}
