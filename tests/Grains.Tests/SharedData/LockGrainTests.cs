using ImOrleans.Domain.Limits;
using ImOrleans.Domain.Locks;
using ImOrleans.Grains.Abstractions.SharedData;
using ImOrleans.Grains.Tests.Kit;

namespace ImOrleans.Grains.Tests.SharedData;

public sealed class LockGrainTests() : SharedDataTest(silos: 2)
{
    private static readonly TimeSpan Ttl = TimeSpan.FromSeconds(10);

    [Fact]
    public void A_lock_has_one_owner_and_each_grant_a_greater_token()
    {
        Accepted(SetLock());
        Watch(Two, "eve", 9, metadata: false);
        var first = Accepted(Acquire(One, "ann", 1)).FencingToken;
        Assert.Equal(first, Accepted(Acquire(One, "ann", 1)).FencingToken);
        Refused(ErrorCode.LockAcquireFailed, Acquire(Two, "bob", 1));
        Refused(ErrorCode.LockNotAcquired, Release("bob"));
        Accepted(Release("ann"));
        Assert.Null(Lock().Owner);
        Assert.True(Accepted(Acquire(Two, "bob", 1)).FencingToken > first);
        Assert.Equal(["Acquired ann", "Released", "Acquired bob"], LockEvents(Two));
    }

    [Fact]
    public void Who_waits_is_answered_at_once_and_gets_the_lock_in_its_turn()
    {
        SetLock();
        Accepted(Acquire(One, "ann", 1));
        Assert.Equal(0, Accepted(Acquire(Two, "bob", 1, retry: true)).FencingToken);
        Accepted(Acquire(Two, "cid", 2, retry: true));
        Refused(ErrorCode.LockOperationPerforming, Acquire(Two, "bob", 1, retry: true));
        Refused(ErrorCode.LockOperationPerforming, Acquire(Two, "bob", 1));

        Accepted(Release("ann"));
        Assert.Equal("bob", Lock().Owner?.Value);
        Accepted(Release("bob"));
        Assert.Equal("cid", Lock().Owner?.Value);

        Assert.Equal(["Acquired ann", "Released", "Acquired bob", "Released", "Acquired cid"], LockEvents(Two).Prepend("Acquired ann"));
        var tokens = Two.Received<LockEvent>().Where(item => item.Change.Kind == LockChangeKind.Acquired)
            .Select(item => item.Change.Lock.FencingToken).ToArray();
        Assert.Equal(tokens.Order().Distinct(), tokens);
    }

    [Fact]
    public void Another_session_of_a_user_takes_over_the_place_in_the_queue_and_nobody_elses()
    {
        SetLock();
        Accepted(Acquire(One, "ann", 1));
        var place = Accepted(Acquire(One, "bob", 2, retry: true)).Ticket;
        var second = Accepted(Acquire(One, "cid", 3, retry: true)).Ticket;
        Assert.Equal(place, Accepted(Acquire(Two, "bob", 1, retry: true, ticket: place)).Ticket);
        Assert.True(Accepted(Acquire(Two, "dan", 2, retry: true, ticket: place)).Ticket > second);
        LeaveData(One, 2);

        Accepted(Release("ann"));
        Assert.Equal("bob", Lock().Owner?.Value);
        Accepted(Release("bob"));
        Assert.Equal("cid", Lock().Owner?.Value);
        Accepted(Release("cid"));
        Assert.Equal("dan", Lock().Owner?.Value);
    }

    [Fact]
    public void Who_gives_up_waits_no_longer_unless_the_lock_came_first()
    {
        SetLock();
        var first = Accepted(Acquire(One, "ann", 1)).FencingToken;
        Accepted(Acquire(Two, "bob", 1, retry: true));
        Accepted(Acquire(Two, "cid", 2, retry: true));
        Assert.Equal((0, 0), (Accepted(Forgo(Two, 1)).FencingToken, Accepted(Forgo(Two, 1)).Ticket));
        Assert.Equal(0, Accepted(Forgo(Two, 9)).FencingToken);
        Accepted(Release("ann"));
        Assert.Equal("cid", Lock().Owner?.Value);
        Assert.True(Accepted(Forgo(Two, 2)).FencingToken > first);
        Assert.Equal("cid", Lock().Owner?.Value);
        // Who gave up may come again, behind the others.
        Assert.Equal(0, Accepted(Acquire(Two, "bob", 1, retry: true)).FencingToken);
        Accepted(Release("cid"));
        Assert.Equal("bob", Lock().Owner?.Value);
    }

    [Fact]
    public void Who_goes_waits_no_longer()
    {
        SetLock();
        Accepted(Acquire(One, "ann", 1));
        Accepted(Acquire(Two, "bob", 1, retry: true));
        Accepted(Acquire(Two, "cid", 2, retry: true));
        LeaveData(Two, 1);
        Accepted(Release("ann"));
        Assert.Equal("cid", Lock().Owner?.Value);
    }

    [Fact]
    public void The_time_of_a_lock_runs_only_while_its_owner_is_away()
    {
        SetLock(ttl: 10);
        Watch(Two, "eve", 9, metadata: false);
        Accepted(Acquire(One, "ann", 1));
        Advance(Ttl * 5);
        Assert.Equal("ann", Lock().Owner?.Value);

        LeaveData(One, 1);
        Advance(Ttl - TimeSpan.FromSeconds(1));
        Accepted(Acquire(One, "ann", 2)); // Back in time.
        Advance(Ttl * 5);
        Assert.Equal("ann", Lock().Owner?.Value);

        LeaveData(One, 2);
        Advance(Ttl);
        Assert.Null(Lock().Owner);
        Assert.Equal(["Acquired ann", "Expired"], LockEvents(Two));
    }

    [Fact]
    public void A_lock_that_ends_goes_to_the_next_that_waits()
    {
        SetLock(ttl: 10);
        Accepted(Acquire(One, "ann", 1));
        Accepted(Acquire(Two, "bob", 1, retry: true));
        LeaveData(One, 1);
        Advance(Ttl);
        Assert.Equal("bob", Lock().Owner?.Value);
        Assert.Equal(["Expired", "Acquired bob"], LockEvents(Two));
    }

    [Fact]
    public void A_user_is_there_with_any_of_its_sessions()
    {
        SetLock(ttl: 10);
        Accepted(Acquire(One, "ann", 1));
        Watch(Two, "ann", 1, metadata: true, locks: false);
        LeaveData(One, 1, isOrderly: true);
        Advance(Ttl * 2);
        Assert.Equal("ann", Lock().Owner?.Value);
        LeaveData(Two, 1, isOrderly: true);
        Assert.Null(Lock().Owner);
    }

    [Fact]
    public void Locks_of_a_gateway_that_died_time_out()
    {
        SetLock(ttl: 10);
        Accepted(Acquire(One, "ann", 1));
        Leases.Dead.Add(One.Id);
        Advance(TimeSpan.FromSeconds(60));
        Assert.Null(Lock().Owner);
    }

    [Fact]
    public void Removing_a_lock_ends_owning_and_waiting()
    {
        SetLock();
        Accepted(Acquire(One, "ann", 1));
        Accepted(Acquire(Two, "bob", 1, retry: true));
        Assert.Empty(Accepted(Do(() => Data().RemoveLockAsync(new("door")))).Locks);
        Assert.Equal(["Removed ann"], LockEvents(Two));
        Refused(ErrorCode.LockNotExist, Release("ann"));
        Refused(ErrorCode.LockNotExist, Acquire(Two, "bob", 1));
        Refused(ErrorCode.LockNotExist, Do(() => Data().RemoveLockAsync(new("door"))));
        SetLock();
        Assert.True(Accepted(Acquire(Two, "bob", 1)).FencingToken > 1, "Tokens go on rising.");
    }

    [Fact]
    public void A_channel_has_at_most_32_locks()
    {
        for (var i = 0; i < SharedDataLimits.LocksMax; i++)
            Accepted(SetLock($"lock{i}"));
        Refused(ErrorCode.LockAlreadyExist, SetLock("lock0"));
        Refused(ErrorCode.LockOperationFailed, SetLock("one too many"));
    }

    [Fact]
    public void At_most_1000_sessions_wait_for_a_lock()
    {
        SetLock();
        Accepted(Acquire(One, "ann", 1));
        SharedDataSession[] waiting =
        [
            .. Enumerable.Range(1, SharedDataLimits.LockWaitersMax - 1).Select(number => new SharedDataSession(
                Two.Session(number), new($"u{number}"), false, false, [], [new(new("door"), number)])),
        ];
        Accepted(Do(() => Data().RegisterAsync(new(Two.Route(), [.. waiting], 0))));
        Accepted(Acquire(Two, "last", 5000, retry: true));
        Refused(ErrorCode.LockAcquireFailed, Acquire(Two, "too late", 5001, retry: true));
    }

    /// <summary>
    /// After a restart the owner's gateway has two leases of time to come back, then the lock's own time runs.
    /// </summary>
    [Fact]
    public void After_a_loss_of_the_silo_an_owner_counts_as_present_for_two_leases_and_the_lock_is_kept_by_a_registration()
    {
        var silo = Accepted(Watch(One, "ann", 1)).Stamp.Silo;
        SetLock(ttl: 10);
        var token = Accepted(Acquire(One, "ann", 1)).FencingToken;
        SiloAt(silo).Kill();

        Assert.Equal(("ann", token), (Lock().Owner?.Value, Lock().FencingToken));
        Advance(TimeSpan.FromSeconds(69));
        Assert.Equal("ann", Lock().Owner?.Value);
        Accepted(Do(() => Data().RegisterAsync(new(
            One.Route(), [new(One.Session(1), new("ann"), false, true, [new(new("door"), token)], [])], 0))));
        Advance(TimeSpan.FromSeconds(200));
        Assert.Equal("ann", Lock().Owner?.Value);
        LeaveData(One, 1);
        Advance(Ttl);
        Assert.Null(Lock().Owner);
        Assert.True(Accepted(Acquire(Two, "bob", 1)).FencingToken > token);
    }

    [Fact]
    public void After_a_loss_of_the_silo_an_owner_that_does_not_come_back_loses_the_lock()
    {
        var silo = Accepted(Watch(One, "ann", 1)).Stamp.Silo;
        SetLock(ttl: 10);
        Accepted(Acquire(One, "ann", 1));
        SiloAt(silo).Kill();
        Lock();
        Advance(TimeSpan.FromSeconds(71));
        Assert.Null(Lock().Owner);
    }

    [Fact]
    public void Those_who_waited_when_the_silo_was_lost_wait_on_in_their_order()
    {
        var silo = Accepted(Watch(One, "ann", 1)).Stamp.Silo;
        SetLock();
        Accepted(Acquire(One, "ann", 1));
        var bob = Accepted(Acquire(Two, "bob", 1, retry: true)).Ticket;
        var cid = Accepted(Acquire(Two, "cid", 2, retry: true)).Ticket;
        SiloAt(silo).Kill();
        Accepted(Do(() => Data().RegisterAsync(new(
            Two.Route(),
            [
                new(Two.Session(2), new("cid"), false, false, [], [new(new("door"), cid)]),
                new(Two.Session(1), new("bob"), false, false, [], [new(new("door"), bob)]),
            ], 0))));
        Accepted(Release("ann"));
        Assert.Equal("bob", Lock().Owner?.Value);
    }

    /// <summary>A grant is told to one who waited, even when its silo was lost between the write and the telling.</summary>
    [Fact]
    public void A_registration_tells_a_waiter_that_it_has_the_lock_by_now()
    {
        SetLock();
        Accepted(Acquire(One, "bob", 1));
        Accepted(Do(() => Data().RegisterAsync(new(
            Two.Route(), [new(Two.Session(1), new("bob"), false, false, [], [new(new("door"), 1)])], 0))));
        var content = Assert.Single(Two.Received<LockSnapshot>()).Content;
        var mine = new SharedDataInterest(Two.Session(1), new("bob"));
        mine.Await(new("door"), 1);
        Assert.Equal(LockChangeKind.Acquired, Assert.Single(mine.Reconcile(content)).Kind);
        var held = mine.ToSession();
        var epoch = Two.Batches[^1].Epoch;
        Assert.True(Do(() => Data().CheckAsync(new(Two.Id, epoch, SharedDataRegistration.DigestOf([held])))));
    }

    [Fact]
    public void A_free_lock_goes_to_a_waiter_that_a_registration_names()
    {
        SetLock();
        Accepted(Do(() => Data().RegisterAsync(new(
            Two.Route(), [new(Two.Session(1), new("bob"), false, false, [], [new(new("door"), 1)])], 0))));
        Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal("bob", Lock().Owner?.Value);
        Assert.Equal(["Acquired bob"], LockEvents(Two));
    }

    [Fact]
    public void A_grant_that_was_not_stored_was_no_grant()
    {
        SetLock();
        Storage.FailNextWrite(StateFailure.Lost);
        Refused(ErrorCode.LockOperationFailed, Acquire(One, "ann", 1));
        Assert.Null(Lock().Owner);
        Storage.FailNextWrite(StateFailure.Unheard);
        Assert.Equal(1, Accepted(Acquire(One, "ann", 1)).FencingToken);
        Assert.Equal("ann", Lock().Owner?.Value);
    }

    [Fact]
    public void An_end_that_could_not_be_stored_is_tried_again()
    {
        SetLock(ttl: 10);
        Accepted(Acquire(One, "ann", 1));
        LeaveData(One, 1);
        Storage.FailNextWrite(StateFailure.Lost);
        Advance(Ttl);
        Assert.Equal("ann", Lock().Owner?.Value);
        Advance(TimeSpan.FromSeconds(2));
        Assert.Null(Lock().Owner);
    }

    [Fact]
    public void What_a_gateway_and_the_grain_know_of_a_session_stays_the_same()
    {
        SetLock();
        var answer = Accepted(Acquire(One, "ann", 1));
        var mine = new SharedDataInterest(One.Session(1), new("ann"));
        mine.Hold(new("door"), answer.FencingToken);
        Assert.True(Check());
        Accepted(Acquire(Two, "bob", 1, retry: true));
        Accepted(Release("ann"));
        Assert.False(Check());
        foreach (var item in One.Received<LockEvent>())
            mine.Apply(item.Change);
        Assert.True(mine.IsIdle);

        bool Check() => Do(() => Data().CheckAsync(
            new(One.Id, answer.Stamp.Epoch, SharedDataRegistration.DigestOf(mine.IsIdle ? [] : [mine.ToSession()]))));
    }
}
