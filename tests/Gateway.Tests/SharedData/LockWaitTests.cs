using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Domain.Locks;
using ImOrleans.Domain.Messages;
using ImOrleans.Gateway.Sessions;
using ImOrleans.Gateway.Tests.Doubles;
using ImOrleans.Grains.Abstractions.Delivery;
using ImOrleans.Grains.Abstractions.SharedData;
using static ImOrleans.Gateway.Tests.Doubles.GatewayBench;

namespace ImOrleans.Gateway.Tests.SharedData;

/// <summary>Acquisitions that wait for their lock, for clients that know no event by which they would get it later.</summary>
public sealed class LockWaitTests : IDisposable
{
    private static readonly LockName Door = new("door");
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(4);

    private readonly GatewayBench _bench = new();
    private long _batches;

    private FakeSharedDataGrain Data => _bench.Grains.Data(ChannelType.Stream, Lobby);

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task A_free_lock_is_had_at_once()
    {
        var session = await _bench.ConnectAsync();
        AssertToken(1, await AcquireAsync(session).Guard());
        Data.Script("AcquireLock", ErrorCode.LockNotExist);
        AssertRefused(ErrorCode.LockNotExist, await AcquireAsync(session).Guard());
        Assert.Equal(0, Data.CountOf("ForgoLock"));
    }

    [Fact]
    public async Task Who_waits_is_answered_with_the_grant()
    {
        var (_, waiting) = await QueueAsync();
        Deliver(Event(2, LockChangeKind.Released, null, ended: 3));
        Assert.False(waiting.IsCompleted);
        Deliver(Event(3, LockChangeKind.Acquired, "ann", 4));
        AssertToken(4, await waiting.Guard());
    }

    /// <summary>The grant may come between the answer that announces it and the look for it.</summary>
    [Fact]
    public async Task A_grant_that_overtakes_its_answer_is_found()
    {
        Data.Hold("AcquireLock");
        var session = await _bench.ConnectAsync();
        var waiting = AcquireAsync(session);
        var call = await Data.NextAsync("AcquireLock");
        Deliver(Event(3, LockChangeKind.Acquired, "ann", 5));
        call.Reply(new LockAnswer(new(1, "silo-1", 2, 0), 0, 1, 2));
        AssertToken(5, await waiting.Guard());
    }

    [Fact]
    public async Task A_lock_that_is_removed_ends_the_waiting()
    {
        var (_, waiting) = await QueueAsync();
        Deliver(Event(2, LockChangeKind.Removed, "bob", 3));
        AssertRefused(ErrorCode.LockNotExist, await waiting.Guard());
    }

    [Fact]
    public async Task Who_leaves_waits_no_longer()
    {
        var (session, waiting) = await QueueAsync();
        await _bench.Lifecycle.EndAsync(session).Guard();
        AssertRefused(ErrorCode.LockAcquireFailed, await waiting.Guard());
    }

    [Fact]
    public async Task Who_has_waited_for_too_long_leaves_the_queue()
    {
        var (session, waiting) = await QueueAsync();
        _bench.Clock.Advance(Wait);
        AssertRefused(ErrorCode.LockOperationTimeout, await waiting.Guard());
        Assert.Equal(Door, Assert.Single(Data.Requests<ForgoLockRequest>()).Name);
        Assert.Equal(0, session.SharedData.Count);
    }

    [Fact]
    public async Task A_grant_just_before_the_end_counts()
    {
        var (session, waiting) = await QueueAsync();
        Data.Script("ForgoLock", new LockAnswer(new(1, "silo-1", 3, 0), 7, 0, 3));
        _bench.Clock.Advance(Wait);
        AssertToken(7, await waiting.Guard());
        // Its event, which comes later, changes nothing, and neither does an older end.
        Deliver(Event(2, LockChangeKind.Released, null, ended: 7), Event(3, LockChangeKind.Acquired, "ann", 7));
        Assert.Equal(1, session.SharedData.Count);
    }

    /// <summary>When the grain cannot be told, its gateway's next registration names the session no more.</summary>
    [Fact]
    public async Task A_queue_that_cannot_be_left_by_a_call_is_left_by_a_registration()
    {
        var (session, waiting) = await QueueAsync();
        Data.Script("ForgoLock", new TimeoutException());
        _bench.Clock.Advance(Wait);
        AssertRefused(ErrorCode.LockOperationTimeout, await waiting.Guard());
        await _bench.NextSettledAsync();
        Assert.Empty(Data.Requests<SharedDataRegistration>()[^1].Sessions);
        Assert.Equal(0, session.SharedData.Count);
    }

    /// <summary>Every request is answered within five seconds.</summary>
    [Fact]
    public async Task A_grain_that_does_not_answer_the_end_of_waiting_is_not_waited_for()
    {
        var (_, waiting) = await QueueAsync();
        Data.Hold("ForgoLock");
        _bench.Clock.Advance(Wait);
        await Data.NextAsync("ForgoLock");
        _bench.Clock.Advance(TimeSpan.FromSeconds(0.5));
        AssertRefused(ErrorCode.LockOperationTimeout, await waiting.Guard());
    }

    private async Task<(Session Session, Task<Outcome<long>> Waiting)> QueueAsync()
    {
        var session = await _bench.ConnectAsync();
        Data.Script("AcquireLock", new LockAnswer(new(1, "silo-1", 1, 0), 0, 1, 1));
        var waiting = AcquireAsync(session);
        while (await _bench.Clock.NextTimerAsync() != Wait)
        {
            // Those of the calls before.
        }

        return (session, waiting);
    }

    private static void AssertToken(long token, Outcome<long> outcome)
    {
        AssertAccepted(outcome);
        Assert.Equal(token, outcome.Value);
    }

    private Task<Outcome<long>> AcquireAsync(Session session) =>
        _bench.Locks.AcquireInTimeAsync(session, ChannelType.Stream, new(Lobby), Door);


    private void Deliver(params DeliveryItem[] items) =>
        _bench.Deliver(GrainKey.SharedData(ChannelType.Stream, Lobby), Data.Epoch, ++_batches, items);

    private static LockEvent Event(long sequence, LockChangeKind kind, string? owner, long token = 0, long ended = 0) =>
        new(sequence, new(kind, new(Door, 10, owner is null ? null : new UserId(owner), token), ended), Revision: sequence);
}
