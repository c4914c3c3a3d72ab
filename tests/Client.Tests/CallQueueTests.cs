using ImOrleans.Client.Connections;
using ImOrleans.Client.Tests.Fakes;
using ImOrleans.TestKit;

namespace ImOrleans.Client.Tests;

/// <summary>What becomes of calls, with and without a connection.</summary>
public sealed class CallQueueTests
{
    [Fact]
    public async Task Calls_before_the_app_connects_are_refused_at_once()
    {
        await using var faked = new FakedClient();
        var refused = await Assert.ThrowsAsync<RtmException>(() => faked.Client.PublishToUserAsync("bob", "hi"));
        Assert.Equal((10002, false), (refused.Code, refused.OutcomeUnknown));
    }

    [Fact]
    public async Task What_was_called_while_there_was_no_connection_is_sent_in_order_when_there_is_one()
    {
        await using var faked = new FakedClient();
        var first = await faked.ConnectAsync();
        first.Lose();
        await faked.StateAsync(ConnectionState.Reconnecting);
        var calls = Enumerable.Range(0, 200).Select(i => faked.Client.PublishToUserAsync("bob", $"{i}")).ToList();
        await faked.Clock.PassAsync(TimeSpan.FromSeconds(1));

        var second = await faked.Server.NextLinkAsync();
        await Task.WhenAll(calls).Guard();
        for (var i = 0; i < calls.Count; i++)
            Assert.Contains($"\"payload\":\"{i}\"", await second.NextCallAsync(), StringComparison.Ordinal);
        Assert.Empty(first.Calls);
    }

    [Fact]
    public async Task A_call_waits_for_a_connection_as_long_as_it_may_and_was_not_sent_then()
    {
        await using var faked = new FakedClient(options => options with
        {
            SendTimeout = TimeSpan.FromSeconds(7), Reconnect = new() { DelayBase = TimeSpan.FromMinutes(1) },
        });
        (await faked.ConnectAsync()).Lose();
        await faked.Clock.SeenAsync(TimeSpan.FromSeconds(30));
        var call = faked.Client.PublishToUserAsync("bob", "hi");
        await faked.Clock.PassAsync(TimeSpan.FromSeconds(7));
        var failure = await Assert.ThrowsAsync<RtmException>(() => call.Guard());
        Assert.Equal((10025, true, false), (failure.Code, failure.Retryable, failure.OutcomeUnknown));

        faked.Clock.Advance(TimeSpan.FromSeconds(23));
        var link = await faked.Server.NextLinkAsync();
        await faked.Client.GetServerTimeAsync().Guard();
        Assert.Equal(["GetServerTime"], link.Calls);
    }

    [Fact]
    public async Task Without_patience_a_call_fails_at_once_when_there_is_no_connection()
    {
        await using var faked = new FakedClient(options => options with { SendTimeout = TimeSpan.Zero });
        var link = await faked.ConnectAsync();
        await faked.Client.GetServerTimeAsync();
        link.Lose();
        await faked.StateAsync(ConnectionState.Reconnecting);
        var failure = await Assert.ThrowsAsync<RtmException>(() => faked.Client.GetServerTimeAsync().Guard());
        Assert.Equal(10025, failure.Code);
    }

    [Fact]
    public async Task One_call_above_the_bound_is_refused_and_those_below_are_not()
    {
        await using var faked = new FakedClient(options => options with { PendingCallsMax = 100 });
        var go = new TaskCompletionSource();
        faked.Server.Answer = async call =>
        {
            await go.Task;
            return await FakeServer.Done(call);
        };
        var link = await faked.ConnectAsync();
        var calls = Enumerable.Range(0, 100).Select(_ => faked.Client.GetServerTimeAsync()).ToList();
        var refused = await Assert.ThrowsAsync<RtmException>(() => faked.Client.GetServerTimeAsync());
        Assert.Equal((10021, true), (refused.Code, refused.Retryable));
        // Only so many are on their way at a time.
        Assert.Equal(CallQueue.SentMax, link.Calls.Count);
        go.SetResult();
        await Task.WhenAll(calls).Guard();
        await faked.Client.GetServerTimeAsync();
    }

    [Fact]
    public async Task A_call_whose_connection_is_lost_has_an_unknown_outcome_and_is_never_sent_again()
    {
        await using var faked = new FakedClient();
        faked.Server.Answer = call => call.StartsWith("Publish", StringComparison.Ordinal)
            ? new TaskCompletionSource<Wire.WireReply>().Task
            : FakeServer.Done(call);
        var first = await faked.ConnectAsync();
        var call = faked.Client.PublishToUserAsync("bob", "hi");
        await first.NextCallAsync();
        first.Lose();
        var failure = await Assert.ThrowsAsync<RtmException>(() => call.Guard());
        Assert.Equal((10025, true), (failure.Code, failure.OutcomeUnknown));

        await faked.Clock.PassAsync(TimeSpan.FromSeconds(1));
        var second = await faked.Server.NextLinkAsync();
        await faked.StateAsync(ConnectionState.Connected);
        await faked.Client.GetServerTimeAsync().Guard();
        Assert.Equal(["GetServerTime"], second.Calls);
    }

    [Fact]
    public async Task A_call_that_is_not_answered_in_time_costs_the_connection()
    {
        await using var faked = new FakedClient();
        faked.Server.Answer = _ => new TaskCompletionSource<Wire.WireReply>().Task;
        var link = await faked.ConnectAsync();
        var call = faked.Client.PublishToUserAsync("bob", "hi");
        await link.NextCallAsync();
        await faked.Clock.PassAsync(TimeSpan.FromSeconds(30));
        Assert.True((await Assert.ThrowsAsync<RtmException>(() => call.Guard())).OutcomeUnknown);
        await faked.StateAsync(ConnectionState.Reconnecting);
        Assert.True(link.IsAborted);
    }

    [Fact]
    public async Task A_cancelled_call_that_was_not_sent_never_is()
    {
        await using var faked = new FakedClient();
        (await faked.ConnectAsync()).Lose();
        await faked.StateAsync(ConnectionState.Reconnecting);
        using var stop = new CancellationTokenSource();
        var call = faked.Client.PublishToUserAsync("bob", "hi", cancellationToken: stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.Guard());

        await faked.Clock.PassAsync(TimeSpan.FromSeconds(1));
        var link = await faked.Server.NextLinkAsync();
        await faked.Client.GetServerTimeAsync().Guard();
        Assert.Equal(["GetServerTime"], link.Calls);
    }

    [Fact]
    public async Task A_refusal_carries_what_the_server_said()
    {
        await using var faked = new FakedClient();
        faked.Server.Answer = _ => FakeServer.Refuse(11025, retryable: true, retryAfterMs: 45);
        await faked.ConnectAsync();
        var refused = await Assert.ThrowsAsync<RtmException>(() => faked.Client.PublishToUserAsync("bob", "hi"));
        Assert.Equal(
            (11025, "REFUSED", true, false, TimeSpan.FromMilliseconds(45)),
            (refused.Code, refused.Error, refused.Retryable, refused.OutcomeUnknown, refused.RetryAfter!.Value));

        faked.Server.Answer = _ => FakeServer.Refuse(11026, retryable: true);
        refused = await Assert.ThrowsAsync<RtmException>(() => faked.Client.PublishToUserAsync("bob", "hi"));
        Assert.True(refused.OutcomeUnknown);
    }

    [Fact]
    public async Task A_join_that_was_cancelled_too_late_is_undone()
    {
        await using var faked = new FakedClient();
        var go = new TaskCompletionSource();
        faked.Server.Answer = async call =>
        {
            if (call.StartsWith("Join", StringComparison.Ordinal))
                await go.Task;
            return await FakeServer.Done(call);
        };
        var link = await faked.ConnectAsync();
        using var stop = new CancellationTokenSource();
        var join = faked.Client.JoinStreamChannelAsync("lobby", cancellationToken: stop.Token);
        Assert.StartsWith("JoinChannel", await link.NextCallAsync(), StringComparison.Ordinal);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => join.Guard());

        go.SetResult();
        Assert.Equal("""LeaveChannel {"channel":"lobby"}""", await link.NextCallAsync());
    }
}
