using ImOrleans.Domain.Messages;
using ImOrleans.Domain.Metadata;
using ImOrleans.Grains.Abstractions.Delivery;
using ImOrleans.Grains.Abstractions.SharedData;
using ImOrleans.Grains.Tests.Kit;
using ImOrleans.Grains.Tests.SharedData;
using ImOrleans.LocalRuntime;

namespace ImOrleans.Grains.Tests.Local;

/// <summary>
/// Two activations of one grain over one store, as when a silo was cut off and does not know it: two clusters that share
/// nothing but the store.
/// </summary>
public sealed class TwoActivationsTests : SharedDataTest
{
    private readonly TestSilo _other;
    private readonly FakeGateway _gateway = new("g3");

    public TwoActivationsTests()
    {
        var cluster = new LocalCluster(Clock, Turns, placementSeed: 2);
        _other = Do(() => TestSilo.StartAsync(cluster, silo =>
        {
            foreach (var assembly in Assemblies)
                silo.AddGrains(assembly);
            AddServices(silo.Services);
        }));
        _gateway.Ref = new(_gateway.Id, _other.Grains.CreateObjectReference<IGatewayObserver>(_gateway));
    }

    [Fact]
    public void Two_users_cannot_both_get_a_lock()
    {
        SetLock();
        Assert.Null(Owner(There())); // Both have read that it is free.
        Accepted(Acquire(One, "ann", 1));
        Refused(ErrorCode.LockOperationFailed, AcquireThere("bob"));
        Refused(ErrorCode.LockAcquireFailed, AcquireThere("bob"));
        Assert.Equal("ann", Owner(There()));
    }

    [Fact]
    public void Who_has_lost_a_lock_elsewhere_is_not_told_that_it_has_it()
    {
        SetLock();
        Accepted(Acquire(One, "ann", 1));
        Assert.Equal("ann", Owner(There()));
        Accepted(Do(() => There().ReleaseLockAsync(new("door"), new("ann"))));
        Accepted(AcquireThere("bob"));

        Refused(ErrorCode.LockAcquireFailed, Acquire(One, "ann", 1));
    }

    [Fact]
    public void Who_has_lost_a_lock_elsewhere_writes_nothing_that_it_guards()
    {
        SetLock();
        Accepted(Acquire(One, "ann", 1));
        Accepted(Do(() => There().ReleaseLockAsync(new("door"), new("ann"))));
        Accepted(AcquireThere("bob"));
        var guarded = new ChangeMetadataRequest(new("ann"), MetadataChangeKind.Set, [new("k", "v")], Lock: new("door"));

        Refused(ErrorCode.StorageOperationFailed, Do(() => Data().ChangeMetadataAsync(guarded)));
        Refused(ErrorCode.StorageLockNotAcquired, Do(() => Data().ChangeMetadataAsync(guarded)));
        Assert.Equal("", Values());
    }

    [Fact]
    public void Nothing_is_taken_for_removed_that_the_other_has_written()
    {
        Assert.Equal("", Values());
        Accepted(Do(() => There().ChangeMetadataAsync(new(new("bob"), MetadataChangeKind.Set, [new("k", "theirs")]))));

        Accepted(Do(() => Data().ChangeMetadataAsync(new(new("ann"), MetadataChangeKind.Remove, []))));
        Assert.Empty(Storage.Peek().Items);
    }

    [Fact]
    public void An_activation_that_finds_another_ones_write_tells_its_watchers_and_goes()
    {
        Watch(One, "ann", 1);
        Accepted(Do(() => There().ChangeMetadataAsync(new(new("bob"), MetadataChangeKind.Set, [new("k", "theirs")]))));
        Refused(ErrorCode.StorageOperationFailed, Set("ann", "k", "ours"));

        Assert.Equal("theirs", Assert.Single(Assert.Single(One.Received<MetadataSnapshot>()).Content.Items).Value);
        Assert.Single(One.Received<RouteClosing>());
        Assert.Equal("k=theirs", Values());
    }

    [Fact]
    public void What_the_other_has_written_is_shown_ten_seconds_later_and_watchers_are_told_with_the_next_check()
    {
        var epoch = Accepted(Watch(One, "ann", 1)).Stamp.Epoch;
        Accepted(Do(() => There().ChangeMetadataAsync(new(new("bob"), MetadataChangeKind.Set, [new("k", "theirs")]))));
        Advance(TimeSpan.FromSeconds(10));
        SharedDataSession ann = new(One.Session(1), new("ann"), true, true, [], []);
        Do(() => Data().CheckAsync(new(One.Id, epoch, SharedDataRegistration.DigestOf([ann]))));

        Assert.Equal("theirs", Assert.Single(Assert.Single(One.Received<MetadataSnapshot>()).Content.Items).Value);
        Assert.Equal("k=theirs", Values());
    }

    /// <summary>The one that was cut off sees the owner go, who is at the other.</summary>
    [Fact]
    public void An_activation_that_was_cut_off_ends_no_lock_after_another_has_taken_over()
    {
        SetLock(ttl: 10);
        var token = Accepted(Acquire(One, "ann", 1)).FencingToken;
        Assert.Equal("ann", Owner(There()));
        Assert.Equal(token, Accepted(AcquireThere("ann")).FencingToken);
        LeaveData(One, 1);
        Advance(TimeSpan.FromSeconds(60));

        Assert.Equal("ann", Storage.Peek().Locks[0].Owner?.Value);
        Assert.Equal("ann", Owner(There()));
    }

    /// <summary>
    /// Goal: whatever both do, what they accept could have been done by one. Method: 2,000 steps by seed, each checked
    /// against a model that knows only what was accepted.
    /// </summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void What_two_activations_accept_could_have_been_done_by_one(int seed)
    {
        var random = new Random(seed);
        SetLock();
        string? owner = null;
        var (lastToken, lastRevision) = (0L, 0L);
        string[] users = ["ann", "bob", "cid"];
        var (grants, writes, unknown) = (0, 0, 0);
        for (var step = 0; step < 2_000; step++)
        {
            var (isHere, user) = (random.Next(2) == 0, users[random.Next(users.Length)]);
            var data = isHere ? Data() : There();
            if (random.Next(20) == 0)
                Storage.FailNextWrite((StateFailure)random.Next(3));
            var code = ErrorCode.None;
            switch (random.Next(3))
            {
                case 0:
                    var acquired = isHere ? Acquire(One, user, user[0]) : AcquireThere(user);
                    code = acquired.Refusal?.Code ?? code;
                    if (acquired.Value is not { } answer)
                        break;
                    Assert.True(owner is null || owner == user, $"Step {step}: {user} got the lock of {owner}.");
                    Assert.True(owner == user ? answer.FencingToken == lastToken : answer.FencingToken > lastToken);
                    (owner, lastToken, grants) = (user, answer.FencingToken, grants + 1);
                    break;
                case 1:
                    var released = Do(() => data.ReleaseLockAsync(new("door"), new(user)));
                    code = released.Refusal?.Code ?? code;
                    if (!released.IsAccepted)
                        break;
                    Assert.Equal(owner, user);
                    owner = null;
                    break;
                default:
                    var changed = Do(() => data.ChangeMetadataAsync(new(
                        new(user), MetadataChangeKind.Set, [new("k", $"{step}")], Lock: new("door"))));
                    code = changed.Refusal?.Code ?? code;
                    if (changed.Value is not { } change)
                        break;
                    Assert.Equal(owner, user);
                    Assert.True(change.MajorRevision > lastRevision);
                    (lastRevision, writes) = (change.MajorRevision, writes + 1);
                    Assert.Equal($"{step}", Assert.Single(Storage.Peek().Items).Value);
                    break;
            }

            Storage.LandLate();
            if (code is ErrorCode.LockOperationTimeout or ErrorCode.StorageOperationTimeout)
                (owner, lastToken, unknown) =
                    (Storage.Peek().Locks[0].Owner?.Value, Storage.Peek().LastFencingToken, unknown + 1);
            else
                Assert.Equal(owner, Storage.Peek().Locks[0].Owner?.Value);
        }

        Assert.True(
            grants > 50 && writes > 20 && unknown < 200, $"{grants} grants, {writes} writes, {unknown} unknown: no test.");
    }

    private ISharedDataGrain There() =>
        _other.Grains.GetGrain<ISharedDataGrain>(GrainKey.SharedData(ChannelType.Stream, "lobby"));

    private Outcome<LockAnswer> AcquireThere(string user) => Do(() => There().AcquireLockAsync(new(
        _gateway.Route(), _gateway.Session(user[0]), new(user), new("door"), false)));

    private string? Owner(ISharedDataGrain data) =>
        Assert.Single(Accepted(Do(() => data.GetLocksAsync())).Locks).Owner?.Value;
}
