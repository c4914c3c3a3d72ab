using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Domain.Limits;
using ImOrleans.Domain.Locks;
using ImOrleans.Domain.Messages;
using ImOrleans.Domain.Metadata;
using ImOrleans.Gateway.Channels;
using ImOrleans.Gateway.Routing;
using ImOrleans.Gateway.Sessions;
using ImOrleans.Gateway.Tests.Doubles;
using ImOrleans.Grains.Abstractions.Delivery;
using ImOrleans.Grains.Abstractions.SharedData;
using ImOrleans.Grains.Abstractions.Users;
using static ImOrleans.Gateway.Tests.Doubles.GatewayBench;

namespace ImOrleans.Gateway.Tests.SharedData;

public sealed class SharedDataFeedTests : IDisposable
{
    private static readonly LockName Door = new("door");

    private readonly GatewayBench _bench = new();
    private readonly FakeConnection _connection = new();
    private long _batches;

    private FakeSharedDataGrain Data => _bench.Grains.Data(ChannelType.Stream, Lobby);

    private Route? DataRoute => _bench.Routes.Find(GrainKey.SharedData(ChannelType.Stream, Lobby));

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task A_join_with_feeds_tells_all_snapshots_before_it_returns()
    {
        Data.Metadata = new(3, [new("k", "v", 3)]);
        Data.Locks = new(1, [new(Door, 10)]);
        var joined = await JoinAsync(metadata: true, locks: true);
        Assert.Equal(3, joined.Joined.Data!.Metadata!.MajorRevision);
        Assert.Equal(["Connected/LoginSuccess", "snapshot[]", "all@3[k=v]", "all(door:)"], Told(_connection));
    }

    [Fact]
    public async Task A_join_without_feeds_asks_for_none()
    {
        await JoinAsync(metadata: false, locks: false);
        Assert.Empty(Data.Calls);
        Assert.Null(DataRoute);
    }

    [Fact]
    public async Task A_join_whose_feeds_cannot_be_had_is_no_join()
    {
        Data.Script("Watch", ErrorCode.StorageNotAvailable);
        var session = await _bench.ConnectAsync("ann", _connection);
        var outcome = await _bench.Channels.JoinAsync(session, new(Lobby), null, withMetadata: true).Guard();
        AssertRefused(ErrorCode.StorageNotAvailable, outcome);
        Assert.Single(_bench.Grains.User("ann").Requests<LeaveChannelRequest>());
        Assert.Null(DataRoute);
        Assert.Null(_bench.RoomRoute());
        AssertAccepted(await _bench.Channels.JoinAsync(session, new(Lobby), null).Guard());
    }

    [Fact]
    public async Task A_join_whose_feeds_cannot_be_had_leaves_the_session_in_the_queue_of_a_lock()
    {
        var session = await QueueAsync();
        Data.Script("Watch", ErrorCode.StorageNotAvailable);
        AssertRefused(
            ErrorCode.StorageNotAvailable,
            await _bench.Channels.JoinAsync(session, new(Lobby), null, withMetadata: true, withLocks: true).Guard());
        Assert.Empty(Data.Requests<LeaveSharedDataRequest>());
        Deliver(Event(3, LockChangeKind.Acquired, "ann", 10));
        Assert.Equal("Acquired(door:ann)", Told(_connection)[^1]);
    }

    [Fact]
    public async Task What_came_before_the_snapshot_is_left_out_and_what_came_after_it_follows()
    {
        Data.Hold("Watch");
        var session = await _bench.ConnectAsync("ann", _connection);
        var joining = _bench.Channels.JoinAsync(session, new(Lobby), null, withMetadata: true, withLocks: true);
        var watch = await Data.NextAsync("Watch");
        Deliver(Set(4, 1), Event(5, LockChangeKind.Set, null), Set(6, 2), Event(7, LockChangeKind.Acquired, "bob", 1));
        watch.Reply(new SharedDataWatched(new(1, "silo-1", 5, 0), new(1, []), new(5, [])));
        AssertAccepted(await joining.Guard());
        Assert.Equal(
            ["all@1[]", "all()", "Set@2[k=2]", "Acquired(door:bob)"],
            Told(_connection).Skip(2));
        Deliver(Set(8, 3));
        Assert.Equal("Set@3[k=3]", Told(_connection)[^1]);
    }

    /// <summary>A batch that was held up on the way comes after an answer that holds all that it says.</summary>
    [Fact]
    public async Task What_was_said_before_an_answer_and_comes_after_it_is_told_to_nobody_who_knows_better()
    {
        var early = new FakeConnection();
        await JoinAsync(metadata: true, locks: true, "bob", early);
        Data.Position = 9;
        Data.Metadata = new(2, [new("k", "2", 2)]);
        Data.Locks = new(9, [new(Door, 10, new("bob"), 2)]);
        var (session, _) = await JoinAsync(metadata: true, locks: true);
        Data.Script("AcquireLock", new LockAnswer(new(1, "silo-1", 9, 0), 0, 5, 9));
        AssertAccepted(await _bench.Locks.AcquireAsync(session, ChannelType.Stream, new(Lobby), Door, retry: true).Guard());
        var told = Told(_connection);

        Deliver(Set(8, 2), Event(9, LockChangeKind.Acquired, "ann", 3));

        Assert.Equal(told, Told(_connection));
        Assert.Equal(["Set@2[k=2]", "Acquired(door:ann)"], Told(early).TakeLast(2));
        Assert.Equal(5, Interest(session)!.TicketFor(Door));
        Deliver(Event(10, LockChangeKind.Acquired, "ann", 4));
        Assert.Equal("Acquired(door:ann)", Told(_connection)[^1]);
        Assert.Null(Interest(session)!.TicketFor(Door));
    }

    /// <summary>A snapshot from an activation that was cut off can be older than what others here have been told.</summary>
    [Fact]
    public async Task Who_knows_less_than_the_others_is_told_what_is_missing_and_they_are_not_told_again()
    {
        var early = new FakeConnection();
        await JoinAsync(metadata: true, locks: true, "bob", early);
        Deliver(Set(8, 2), Event(9, LockChangeKind.Set, null));
        await JoinAsync(metadata: true, locks: true);

        lock (DataRoute!.Gate)
            DataRoute.Invalidate();
        _bench.Registrar.Schedule(DataRoute);
        await _bench.NextSettledAsync();
        Assert.Equal(0, Data.Requests<SharedDataRegistration>()[^1].MetadataRevision);
        var told = Told(early);
        Deliver(new MetadataSnapshot(10, new(2, [new("k", "2", 2)])), new LockSnapshot(11, new(9, [new(Door, 10)])));

        Assert.Equal(told, Told(early));
        Assert.Equal(["all@2[k=2]", "all(door:)"], Told(_connection).TakeLast(2));
    }

    /// <summary>A batch whose acknowledgement was lost comes again, also to a route that was dropped and made anew.</summary>
    [Fact]
    public async Task A_batch_that_comes_again_is_told_once()
    {
        var (session, _) = await JoinAsync(metadata: true, locks: true);
        Deliver(Set(1, 1), Event(2, LockChangeKind.Set, null));
        AssertAccepted(await _bench.Channels.LeaveAsync(session, new(Lobby)).Guard());
        Assert.Null(DataRoute);
        (Data.Metadata, Data.Locks) = (new(1, [new("k", "1", 1)]), new(2, [new(Door, 10)]));
        AssertAccepted(await _bench.Channels.JoinAsync(session, new(Lobby), null, true, true).Guard());
        var told = Told(_connection);

        _batches--;
        Deliver(Set(1, 1), Event(2, LockChangeKind.Set, null));
        Assert.Equal(told, Told(_connection));
        Deliver(Set(3, 2), Event(4, LockChangeKind.Acquired, "bob", 1));
        Assert.Equal(["Set@2[k=2]", "Acquired(door:bob)"], Told(_connection).Skip(told.Count));
    }

    [Fact]
    public async Task What_is_told_of_a_lock_before_a_snapshot_of_all_goes_out_before_it()
    {
        await QueueAsync();
        var session = _bench.Lifecycle.All.Single();
        Data.Hold("Watch");
        var joining = _bench.Channels.JoinAsync(session, new(Lobby), null, withLocks: true);
        var watch = await Data.NextAsync("Watch");
        Deliver(
            Event(2, LockChangeKind.Acquired, "ann", 3), Event(3, LockChangeKind.Released, null, ended: 3),
            Event(4, LockChangeKind.Acquired, "bob", 4));
        watch.Reply(new SharedDataWatched(new(1, "silo-1", 3, 0), null, new(3, [new(Door, 10)])));
        AssertAccepted(await joining.Guard());
        Assert.Equal(
            ["Acquired(door:ann)", "Released(door:)", "all(door:)", "Acquired(door:bob)"], Told(_connection).TakeLast(4));
        Assert.True(Interest(session)!.ToSession() is { Holding: [], Waiting: [] });
    }

    [Fact]
    public async Task A_withdrawal_that_could_not_even_be_called_is_told_by_a_registration()
    {
        var (session, _) = await JoinAsync(metadata: true, locks: true);
        Data.Hold("Register");
        _bench.Registrar.Invalidate(DataRoute!);
        var first = await Data.NextAsync("Register");
        Assert.Single(((SharedDataRegistration)first.Request).Sessions);
        var leaving = _bench.Channels.LeaveAsync(session, new(Lobby));
        _bench.Clock.Advance(TimeSpan.FromSeconds(5));
        AssertAccepted(await leaving.Guard());
        Assert.Equal(0, Data.CountOf("Leave"));
        first.Reply(Data.Stamp);
        await _bench.PassFirstPauseAsync();
        Assert.Empty(((SharedDataRegistration)(await Data.NextAsync("Register")).Request).Sessions);
    }

    [Fact]
    public async Task Leaving_the_channel_withdraws_in_order_and_so_does_a_logout_but_not_a_lost_connection()
    {
        foreach (var (leave, isOrderly) in new (Func<Session, Task> Leave, bool IsOrderly)[]
        {
            (session => _bench.Channels.LeaveAsync(session, new(Lobby)), true),
            (session => _bench.Lifecycle.LogoutAsync(session), true),
            (session => _bench.Lifecycle.EndAsync(session), false),
        })
        {
            var (session, _) = await JoinAsync(metadata: true, locks: true);
            await leave(session).Guard();
            Assert.Equal(isOrderly, Data.Requests<LeaveSharedDataRequest>()[^1].IsOrderly);
            Assert.Equal(0, session.SharedData.Count);
            Assert.Null(DataRoute);
            await _bench.Lifecycle.EndAsync(session).Guard();
        }
    }

    [Fact]
    public async Task Who_waits_is_told_of_its_grant_and_nobody_else_who_does_not_watch()
    {
        var waiting = await QueueAsync();
        var stranger = new FakeConnection();
        var holder = await _bench.ConnectAsync("cid", stranger);
        Data.Script("AcquireLock", new LockAnswer(new(1, "silo-1", 2, 0), 1, 0, 2));
        AssertAccepted(await _bench.Locks.AcquireAsync(holder, ChannelType.Stream, new(Lobby), new("other"), false).Guard());

        Deliver(Event(3, LockChangeKind.Released, null, 0, ended: 9), Event(4, LockChangeKind.Acquired, "ann", 10));

        Assert.Equal("Acquired(door:ann)", Told(_connection)[^1]);
        Assert.Equal(2, Told(_connection).Count);
        Assert.Single(Told(stranger));
        Deliver(Event(5, LockChangeKind.Released, null, 0, ended: 10)); // Revoked by somebody.
        Assert.Equal("Released(door:)", Told(_connection)[^1]);
        Assert.Equal(0, waiting.SharedData.Count);
        await _bench.Lifecycle.EndAsync(holder).Guard();
        Assert.Null(DataRoute);
    }

    /// <summary>The event of a grant may overtake the answer that says that the session waits.</summary>
    [Fact]
    public async Task A_grant_that_overtakes_its_answer_is_told_and_known()
    {
        Data.Hold("AcquireLock");
        var session = await _bench.ConnectAsync("ann", _connection);
        var acquiring = _bench.Locks.AcquireAsync(session, ChannelType.Stream, new(Lobby), Door, retry: true);
        var call = await Data.NextAsync("AcquireLock");
        Deliver(Event(3, LockChangeKind.Acquired, "ann", 5));
        call.Reply(new LockAnswer(new(1, "silo-1", 2, 0), 0, 1, 2));
        AssertAccepted(await acquiring.Guard());
        Assert.Equal("Acquired(door:ann)", Told(_connection)[^1]);
        Assert.Equal(5, Assert.Single(Interest(session)!.ToSession().Holding).FencingToken);
        Assert.Empty(Interest(session)!.ToSession().Waiting);
    }

    [Fact]
    public async Task The_last_thing_that_ends_by_an_event_takes_the_route_with_it()
    {
        await QueueAsync();
        Assert.NotNull(DataRoute);
        Deliver(Event(3, LockChangeKind.Removed, null));
        Assert.Equal("Removed(door:)", Told(_connection)[^1]);
        Assert.Null(DataRoute);
    }

    [Fact]
    public async Task A_lost_silo_is_told_everything_anew_and_its_snapshot_says_what_was_missed()
    {
        var session = await QueueAsync();
        var watching = new FakeConnection();
        var (other, _) = await JoinAsync(metadata: true, locks: true, "bob", watching);
        Deliver(Set(3, 7));

        Data.Epoch = 2;
        lock (DataRoute!.Gate)
            DataRoute.Invalidate();
        _bench.Registrar.Schedule(DataRoute);
        await _bench.NextSettledAsync();

        var registration = Data.Requests<SharedDataRegistration>()[^1];
        Assert.Equal(7, registration.MetadataRevision);
        Assert.Equal(
            [(session.Id, 1), (other.Id, 0)],
            registration.Sessions.Select(stated => (stated.Session, stated.Waiting.Length)));
        _batches = 0;
        Deliver(
            new MetadataSnapshot(1, new(7, [])),
            new LockSnapshot(2, new(5, [new(Door, 10, new("ann"), 4)])));
        Assert.Equal("all(door:ann)", Told(watching)[^1]);
        Assert.DoesNotContain("all@7[]", Told(watching));
        Assert.Equal("Acquired(door:ann)", Told(_connection)[^1]);
    }

    [Fact]
    public async Task A_session_that_ended_while_its_call_was_under_way_leaves_nothing_behind()
    {
        Data.Hold("AcquireLock");
        var session = await _bench.ConnectAsync("ann", _connection);
        var acquiring = _bench.Locks.AcquireAsync(session, ChannelType.Stream, new(Lobby), Door, retry: true);
        var call = await Data.NextAsync("AcquireLock");
        await _bench.Lifecycle.EndAsync(session).Guard();
        call.Reply(new LockAnswer(new(1, "silo-1", 2, 0), 1, 0, 2));
        await acquiring.Guard();
        await _bench.NextSettledAsync();
        Assert.Empty(Data.Requests<SharedDataRegistration>()[^1].Sessions);
        Assert.Null(DataRoute);
    }

    [Fact]
    public async Task A_change_whose_outcome_is_unknown_is_told_as_such_and_not_repeated()
    {
        var session = await _bench.ConnectAsync("ann", _connection);
        Data.Script("ChangeMetadata", new TimeoutException());
        Data.Script("ReleaseLock", new TimeoutException());
        AssertRefused(ErrorCode.StorageOperationTimeout, await ChangeAsync(session, ChannelType.Stream, Lobby));
        Assert.Equal(1, Data.CountOf("ChangeMetadata"));
        AssertRefused(ErrorCode.LockOperationTimeout, await _bench.Locks.ReleaseAsync(
            session, ChannelType.Stream, new(Lobby), Door, new("ann")).Guard());
        Assert.Equal(1, Data.CountOf("ReleaseLock"));
        Data.Script("AcquireLock", new TimeoutException());
        AssertRefused(ErrorCode.LockOperationTimeout, await _bench.Locks.AcquireAsync(
            session, ChannelType.Stream, new(Lobby), Door, false).Guard());
    }

    /// <summary>So that one that is given up and comes late is not carried out after a later one.</summary>
    [Fact]
    public async Task Calls_have_the_numbers_of_their_order()
    {
        var session = await _bench.ConnectAsync("ann", _connection);
        var (type, channel) = (ChannelType.Stream, new ChannelName(Lobby));
        AssertAccepted(await ChangeAsync(session, type, Lobby));
        AssertAccepted(await _bench.Metadata.GetAsync(session, type, Lobby).Guard());
        AssertAccepted(await _bench.Locks.SetAsync(session, type, channel, Door, 10).Guard());
        AssertAccepted(await _bench.Locks.GetAsync(session, type, channel).Guard());
        AssertAccepted(await _bench.Locks.AcquireAsync(session, type, channel, Door, false).Guard());
        AssertAccepted(await _bench.Locks.ReleaseAsync(session, type, channel, Door, new("ann")).Guard());
        AssertAccepted(await _bench.Locks.RemoveAsync(session, type, channel, Door).Guard());
        Assert.All(Data.Numbered, call => Assert.Equal(session.Id, call.Session));
        var numbers = Data.Numbered.Select(call => call.Number).ToList();
        Assert.Equal(6, numbers.Count);
        numbers.Insert(4, Assert.Single(Data.Requests<AcquireLockRequest>()).Route.Generation);
        Assert.Equal(numbers.Order().Distinct(), numbers);
    }

    [Fact]
    public async Task A_change_of_a_wrong_form_reaches_no_grain()
    {
        var session = await _bench.ConnectAsync("ann", _connection);
        AssertRefused(ErrorCode.StorageInvalidArgument, await _bench.Metadata.ChangeAsync(
            session, ChannelType.Stream, Lobby, new(new("ann"), MetadataChangeKind.Set, [])).Guard());
        Assert.Empty(Data.Calls);
    }

    [Fact]
    public async Task An_operator_may_let_only_users_themselves_write_their_metadata()
    {
        var session = await _bench.ConnectAsync("ann", _connection);
        AssertAccepted(await ChangeAsync(session, ChannelType.User, "bob"));
        _bench.MetadataOptions.UserOwnerOnly = true;
        AssertRefused(ErrorCode.StorageInvalidArgument, await ChangeAsync(session, ChannelType.User, "bob"));
        AssertAccepted(await ChangeAsync(session, ChannelType.User, "ann"));
        AssertAccepted(await ChangeAsync(session, ChannelType.Stream, "bob"));
    }

    [Fact]
    public async Task The_metadata_of_at_most_100_users_is_subscribed()
    {
        var session = await _bench.ConnectAsync("ann", _connection);
        for (var i = 0; i < SharedDataLimits.WatchedUsersMax; i++)
            AssertAccepted(await _bench.Metadata.SubscribeUserAsync(session, new($"u{i}")).Guard());
        AssertRefused(ErrorCode.DuplicateOperation, await _bench.Metadata.SubscribeUserAsync(session, new("u0")).Guard());
        AssertRefused(
            ErrorCode.StorageSubscribeUserExceedLimitation,
            await _bench.Metadata.SubscribeUserAsync(session, new("more")).Guard());
        AssertAccepted(await _bench.Metadata.UnsubscribeUserAsync(session, new("u0")).Guard());
        AssertRefused(ErrorCode.StorageNotSubscribe, await _bench.Metadata.UnsubscribeUserAsync(session, new("u0")).Guard());
        AssertAccepted(await _bench.Metadata.SubscribeUserAsync(session, new("more")).Guard());
    }

    [Fact]
    public async Task A_client_has_locks_of_at_most_300_channels()
    {
        var session = await _bench.ConnectAsync("ann", _connection);
        for (var i = 0; i < SharedDataLimits.TargetsPerClientMax; i++)
            AssertAccepted(await AcquireAsync($"c{i}"));
        AssertRefused(ErrorCode.LockAcquireFailed, await AcquireAsync("one more"));

        Task<Outcome<LockAnswer>> AcquireAsync(string channel) =>
            _bench.Locks.AcquireAsync(session, ChannelType.Message, new(channel), Door, false).Guard();
    }

    private async Task<(Session Session, JoinedChannel Joined)> JoinAsync(
        bool metadata, bool locks, string user = "ann", FakeConnection? connection = null)
    {
        var session = await _bench.ConnectAsync(user, connection ?? _connection);
        var joined = await _bench.Channels.JoinAsync(session, new(Lobby), null, metadata, locks).Guard();
        AssertAccepted(joined);
        return (session, joined.Value!);
    }

    private async Task<Session> QueueAsync()
    {
        var session = await _bench.ConnectAsync("ann", _connection);
        Data.Script("AcquireLock", new LockAnswer(new(1, "silo-1", 1, 0), 0, 1, 1));
        AssertAccepted(await _bench.Locks.AcquireAsync(session, ChannelType.Stream, new(Lobby), Door, retry: true).Guard());
        return session;
    }

    private Task<Outcome<MetadataChanged>> ChangeAsync(Session session, ChannelType type, string name) =>
        _bench.Metadata.ChangeAsync(
            session, type, name, new(session.User, MetadataChangeKind.Set, [new("k", "v")])).Guard();

    private SharedDataInterest? Interest(Session session) => ((SharedDataRoute?)DataRoute)?.Find(session);

    private void Deliver(params DeliveryItem[] items) => Assert.True(
        _bench.Deliver(GrainKey.SharedData(ChannelType.Stream, Lobby), Data.Epoch, ++_batches, items).IsKnown);

    private static MetadataEvent Set(long sequence, long revision) =>
        new(sequence, MetadataChangeKind.Set, revision, [new("k", $"{revision}", revision)]);

    private static LockEvent Event(long sequence, LockChangeKind kind, string? owner, long token = 0, long ended = 0) =>
        new(sequence, new(kind, new(Door, 10, owner is null ? null : new UserId(owner), token), ended), Revision: sequence);
}
