using ImOrleans.Domain.Metadata;
using ImOrleans.Grains.Abstractions.SharedData;
using ImOrleans.Grains.SharedData;
using ImOrleans.Grains.Tests.Kit;

namespace ImOrleans.Grains.Tests.SharedData;

public sealed class MetadataGrainTests() : SharedDataTest(silos: 2)
{
    [Fact]
    public void A_watcher_gets_where_things_stand_and_then_each_change()
    {
        Accepted(Set("ann", "title", "one"));
        var watched = Accepted(Watch(One, "bob", 1));
        Assert.Equal(1, watched.Metadata!.MajorRevision);
        Assert.Equal("one", Assert.Single(watched.Metadata.Items).Value);

        Accepted(Set("ann", "title", "two"));
        Accepted(Change("ann", MetadataChangeKind.Remove));

        Assert.Equal(["Set 2 title=two", "Remove 3 title=two"], MetadataEvents(One));
        Assert.All(One.Received<MetadataEvent>(), item => Assert.True(item.Sequence > watched.Stamp.Position));
        Assert.Empty(Two.Batches);
    }

    [Fact]
    public void A_change_is_stored_before_it_is_answered_and_outlives_its_silo()
    {
        var watched = Accepted(Watch(One, "bob", 1));
        Accepted(Set("ann", "title", "one"));
        Assert.Equal(1, Storage.Writes);

        SiloAt(watched.Stamp.Silo).Kill();

        Assert.Equal("title=one", Values());
        Assert.Equal(2, Accepted(Set("ann", "title", "two")).MajorRevision);
    }

    [Fact]
    public void A_refused_change_stores_nothing_and_tells_nobody()
    {
        Watch(One, "bob", 1);
        Accepted(Set("ann", "title", "one"));
        Refused(ErrorCode.StorageOutdatedRevision, Change(
            "ann", MetadataChangeKind.Set, new MetadataWrite("other", "x"), new MetadataWrite("title", "two", 7)));
        Refused(ErrorCode.StorageInvalidMetadataItem, Change("ann", MetadataChangeKind.Update, new MetadataWrite("no", "x")));

        Assert.Equal("title=one", Values());
        Assert.Equal(1, Storage.Writes);
        Assert.Single(MetadataEvents(One));
    }

    [Fact]
    public void Who_is_told_no_more_hears_nothing_and_its_gateway_neither()
    {
        Watch(One, "bob", 1);
        Accepted(Do(() => Data().UnwatchAsync(new(One.Route(), One.Session(1), new("bob"), true, true))));
        Accepted(Set("ann", "title", "one"));
        Assert.Empty(MetadataEvents(One));
    }

    [Fact]
    public void A_write_that_was_lost_is_refused_as_not_done()
    {
        Accepted(Set("ann", "title", "one"));
        Watch(One, "bob", 1);
        Storage.FailNextWrite(StateFailure.Lost);

        Refused(ErrorCode.StorageOperationFailed, Set("ann", "title", "two"));

        Assert.Equal("title=one", Values());
        Assert.Empty(MetadataEvents(One));
        Assert.Equal(2, Accepted(Set("ann", "title", "three")).MajorRevision);
    }

    /// <summary>The store threw after it had written: what the next caller reads decides.</summary>
    [Fact]
    public void A_write_whose_answer_was_lost_is_found_and_accepted()
    {
        Watch(One, "bob", 1);
        Storage.FailNextWrite(StateFailure.Unheard);

        Assert.Equal(1, Accepted(Set("ann", "title", "one")).MajorRevision);

        Assert.Equal(["Set 1 title=one"], MetadataEvents(One));
        Assert.Equal(2, Accepted(Set("ann", "title", "two")).MajorRevision);
    }

    /// <summary>
    /// The answer of a write got lost, and before the state was read again another activation had written. What is there is
    /// not what this one wrote, and its write is in it all the same.
    /// </summary>
    [Fact]
    public void A_write_that_others_have_followed_at_once_is_found_and_accepted()
    {
        Accepted(Set("ann", "title", "zero"));
        Watch(One, "bob", 1);
        Storage.FailNextWrite(StateFailure.Unheard, () => Storage.StoreElsewhere<SharedDataState>(Follow));

        Assert.Equal(2, Accepted(Set("ann", "title", "one")).MajorRevision);

        Assert.Equal(["Set 2 title=one"], MetadataEvents(One));
        Assert.Equal(3, Assert.Single(One.Received<MetadataSnapshot>()).Content.MajorRevision);
        Assert.Equal("title=one,other=x", Values());
    }

    [Fact]
    public void A_write_that_was_lost_while_others_wrote_is_refused_as_not_done()
    {
        Accepted(Set("ann", "title", "zero"));
        Storage.FailNextWrite(StateFailure.Lost, () => Storage.StoreElsewhere<SharedDataState>(Follow));
        Refused(ErrorCode.StorageOperationFailed, Set("ann", "title", "one"));
        Assert.Equal("title=zero,other=x", Values());
    }

    /// <summary>A state remembers eight writes: what came before them is not known any more.</summary>
    [Theory]
    [InlineData(7, ErrorCode.StorageOperationFailed)]
    [InlineData(8, ErrorCode.StorageOperationTimeout)]
    public void A_write_that_very_many_have_followed_at_once_is_unknown(int others, ErrorCode code)
    {
        Accepted(Set("ann", "title", "zero"));
        Storage.FailNextWrite(StateFailure.Lost, () =>
        {
            for (var i = 0; i < others; i++)
                Storage.StoreElsewhere<SharedDataState>(Follow);
        });
        Refused(code, Set("ann", "title", "one"));
        Assert.Equal(others + 2, Accepted(Set("ann", "title", "two")).MajorRevision);
    }

    [Fact]
    public void A_read_looks_at_the_store_when_the_last_look_was_ten_seconds_ago()
    {
        Accepted(Set("ann", "title", "one"));
        var reads = Storage.Reads;
        Values();
        Advance(TimeSpan.FromSeconds(9.9));
        Values();
        Assert.Equal(reads, Storage.Reads);
        Advance(TimeSpan.FromSeconds(0.1));
        Values();
        Values();
        Assert.Equal(reads + 1, Storage.Reads);
        Advance(TimeSpan.FromSeconds(10));
        Storage.IsDown = true;
        Assert.Equal("title=one", Values());
    }

    /// <summary>Its caller was told that the outcome is unknown, and has gone on, by reading for instance.</summary>
    [Fact]
    public void A_call_that_a_later_one_of_its_session_has_overtaken_is_not_carried_out()
    {
        SetLock();
        Accepted(Acquire(One, "ann", 1));
        var write = new ChangeMetadataRequest(new("ann"), MetadataChangeKind.Set, [new("title", "late")]);
        var route = One.Route();
        Accepted(Do(() => Data().GetMetadataAsync(Call(route.Generation + 2))));

        Refused(ErrorCode.StorageOperationFailed, Do(() => Data().ChangeMetadataAsync(write, Call(route.Generation + 1))));
        Refused(ErrorCode.LockOperationFailed, Do(() => Data().ReleaseLockAsync(new("door"), new("ann"), Call(route.Generation + 1))));
        Refused(ErrorCode.LockOperationFailed, Do(() => Data().RemoveLockAsync(new("door"), Call(route.Generation + 1))));
        Refused(ErrorCode.LockOperationFailed, Do(() => Data().SetLockAsync(new(new("gate"), 10), Call(route.Generation + 1))));
        Refused(ErrorCode.RouteStale, Do(() => Data().AcquireLockAsync(
            new(route, One.Session(1), new("ann"), new("door"), false))));
        Assert.Equal("", Values());
        Assert.Equal("ann", Lock().Owner?.Value);
        Accepted(Do(() => Data().ChangeMetadataAsync(write, new(One.Session(2), route.Generation + 1)))); // Another session.
        Accepted(Do(() => Data().ChangeMetadataAsync(write, Call(route.Generation + 3))));

        SessionCall Call(long number) => new(One.Session(1), number);
    }

    private static SharedDataState Follow(SharedDataState before) => before with
    {
        MajorRevision = before.MajorRevision + 1,
        Items = [.. before.Items.Where(item => item.Key != "other"), new("other", "x", before.MajorRevision + 1)],
    };

    /// <summary>A write that was given up must not land behind the back of those who were told that it failed.</summary>
    [Fact]
    public void A_write_that_was_given_up_can_never_land_afterwards()
    {
        Accepted(Set("ann", "title", "one"));
        Storage.FailNextWrite(StateFailure.Late);
        Refused(ErrorCode.StorageOperationFailed, Set("ann", "title", "late"));

        Assert.False(Storage.LandLate());

        Assert.Equal("title=one", Values());
    }

    [Fact]
    public void While_it_is_not_known_what_is_stored_nothing_is_shown()
    {
        Accepted(Set("ann", "title", "one"));
        Watch(One, "bob", 1);
        Storage.IsDown = true;
        Refused(ErrorCode.StorageOperationTimeout, Set("ann", "title", "two"));
        Refused(ErrorCode.StorageNotAvailable, Do(() => Data().GetMetadataAsync()));
        Refused(ErrorCode.StorageNotAvailable, Watch(One, "cid", 2));
        Refused(ErrorCode.StorageNotAvailable, Set("ann", "title", "three"));

        Storage.IsDown = false;
        Assert.Equal("title=one", Values());
        Accepted(Watch(One, "cid", 2));
    }

    /// <summary>
    /// The write had landed, its answer was lost, and the store cannot be read: the caller hears that the outcome is
    /// unknown. When the store is back, watchers are told what there is, though nobody calls.
    /// </summary>
    [Fact]
    public void A_write_that_turns_out_to_be_stored_is_told_to_watchers_by_a_snapshot()
    {
        Watch(One, "bob", 1);
        Storage.FailNextWrite(StateFailure.Late);
        Storage.FailNextWrite(StateFailure.Lost);
        Refused(ErrorCode.StorageOperationTimeout, Set("ann", "title", "late"));
        Assert.True(Storage.LandLate());

        Advance(TimeSpan.FromSeconds(2));

        var snapshot = Assert.Single(One.Received<MetadataSnapshot>());
        Assert.Equal("late", Assert.Single(snapshot.Content.Items).Value);
        Assert.Equal("title=late", Values());
    }

    [Fact]
    public void A_gateway_that_missed_a_change_gets_a_snapshot_when_it_registers()
    {
        var watched = Accepted(Watch(One, "bob", 1));
        SiloAt(watched.Stamp.Silo).Kill();
        Accepted(Set("ann", "title", "one"));
        SharedDataSession bob = new(One.Session(1), new("bob"), true, false, [], []);

        var stamp = Accepted(Do(() => Data().RegisterAsync(new(One.Route(), [bob], 0))));
        Assert.Equal(1, Assert.Single(One.Received<MetadataSnapshot>()).Content.MajorRevision);
        Assert.True(Do(() => Data().CheckAsync(new(One.Id, stamp.Epoch, SharedDataRegistration.DigestOf([bob])))));

        Accepted(Do(() => Data().RegisterAsync(new(One.Route(), [bob], 1))));
        Assert.Single(One.Received<MetadataSnapshot>());
        Accepted(Do(() => Data().RegisterAsync(new(One.Route(), [], 1))));
        Accepted(Set("ann", "title", "two"));
        Assert.Empty(MetadataEvents(One));
    }

    [Fact]
    public void A_lock_guards_metadata()
    {
        SetLock();
        var write = new ChangeMetadataRequest(
            new("ann"), MetadataChangeKind.Set, [new("title", "x")], Lock: new("door"));
        Refused(ErrorCode.StorageLockNotAcquired, Do(() => Data().ChangeMetadataAsync(write)));
        Refused(ErrorCode.StorageInvalidLockName, Do(() => Data().ChangeMetadataAsync(write with { Lock = new("gate") })));
        Accepted(Acquire(One, "ann", 1));
        Accepted(Do(() => Data().ChangeMetadataAsync(write)));
        Refused(ErrorCode.StorageLockNotAcquired, Do(() => Data().ChangeMetadataAsync(write with { User = new("bob") })));
    }
}
