using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Domain.Limits;
using ImOrleans.Domain.Messages;
using ImOrleans.Domain.Metadata;
using ImOrleans.Gateway.Channels;
using ImOrleans.Gateway.Routing;
using ImOrleans.Gateway.Sessions;
using ImOrleans.Gateway.SharedData;
using ImOrleans.Gateway.Tests.Doubles;
using ImOrleans.Grains.Abstractions.MessageChannels;
using ImOrleans.Grains.Abstractions.SharedData;
using ImOrleans.Grains.Abstractions.Users;
using static ImOrleans.Gateway.Tests.Doubles.GatewayBench;

namespace ImOrleans.Gateway.Tests.SharedData;

/// <summary>The metadata and locks of a message channel, told to who has subscribed to them.</summary>
public sealed class MessageChannelFeedTests : IDisposable
{
    private const ChannelFeeds Both = ChannelFeeds.Metadata | ChannelFeeds.Locks;

    private static readonly ChannelName Channel = new(Lobby);
    private static readonly LockName Door = new("door");

    private readonly GatewayBench _bench = new();
    private readonly FakeConnection _connection = new();
    private long _batches;

    private FakeSharedDataGrain Data => _bench.Grains.Data(ChannelType.Message, Lobby);

    private Route? DataRoute => _bench.Routes.Find(GrainKey.SharedData(ChannelType.Message, Lobby));

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task Snapshots_are_told_before_the_answer_which_holds_them_too_and_changes_after_it()
    {
        Data.Metadata = new(3, [new("k", "v", 3)]);
        Data.Locks = new(1, [new(Door, 10)]);
        var session = await _bench.ConnectAsync("ann", _connection);

        var outcome = await SubscribeAsync(session, ChannelFeeds.Messages | Both);

        Assert.Equal(3, outcome.Value!.Data!.Metadata!.MajorRevision);
        Assert.Equal(1, outcome.Value.Data.Locks!.Revision);
        Assert.Equal(["all@3[k=v]", "all(door:)"], Told());
        Deliver(4);
        Assert.Equal("Set@4[k=4]", Told()[^1]);
    }

    [Fact]
    public async Task Whoever_asks_for_neither_costs_neither()
    {
        var session = await _bench.ConnectAsync();
        Assert.Null((await SubscribeAsync(session, ChannelFeeds.Default)).Value!.Data);
        AssertAccepted(await UnsubscribeAsync(session));
        Assert.Empty(Data.Calls);
        Assert.Null(DataRoute);
    }

    [Fact]
    public async Task Subscribing_again_begins_anew_with_what_is_wanted_and_ends_what_is_not()
    {
        var session = await _bench.ConnectAsync("ann", _connection);
        AssertAccepted(await SubscribeAsync(session, Both));

        var again = await SubscribeAsync(session, ChannelFeeds.Metadata);
        Assert.NotNull(again.Value!.Data!.Metadata);
        Assert.Null(again.Value.Data.Locks);
        Assert.Equal(["all@0[]", "all()", "all@0[]"], Told());
        Assert.Equal([(true, true), (true, false)], Flags("Watch"));

        AssertAccepted(await SubscribeAsync(session, ChannelFeeds.Messages));
        Assert.Equal([(false, true), (true, true)], Flags("Unwatch"));
        Deliver(1);
        Assert.Equal(3, Told().Length);
        Assert.Null(DataRoute);
    }

    /// <summary>A snapshot replaces what is known, so what is newer and was told already follows it.</summary>
    [Fact]
    public async Task A_change_that_overtakes_the_snapshot_of_a_feed_that_begins_anew_is_told_after_it_too()
    {
        var session = await _bench.ConnectAsync("ann", _connection);
        AssertAccepted(await SubscribeAsync(session, ChannelFeeds.Metadata));
        Data.Hold("Watch");
        var subscribing = SubscribeAsync(session, ChannelFeeds.Metadata);
        var watch = await Data.NextAsync("Watch");
        Deliver(1);
        Deliver(2);
        watch.Reply(new SharedDataWatched(Data.Stamp, new(1, [new("k", "1", 1)]), null));
        AssertAccepted(await subscribing);
        Assert.Equal(["all@0[]", "Set@1[k=1]", "Set@2[k=2]", "all@1[k=1]", "Set@2[k=2]"], Told());
    }

    [Fact]
    public async Task A_subscription_whose_feeds_cannot_be_had_is_none()
    {
        Data.Script("Watch", ErrorCode.StorageNotAvailable);
        var session = await _bench.ConnectAsync();

        AssertRefused(ErrorCode.StorageNotAvailable, await SubscribeAsync(session, ChannelFeeds.Metadata));

        Assert.Empty(_bench.Grains.User("ann").Requests<SubscribeChannelRequest>());
        Assert.Null(DataRoute);
        AssertRefused(ErrorCode.ChannelNotSubscribed, await UnsubscribeAsync(session));
        AssertAccepted(await SubscribeAsync(session, ChannelFeeds.Metadata));
    }

    [Fact]
    public async Task Who_is_subscribed_already_stays_so_with_its_feeds_and_locks_when_more_cannot_be_had()
    {
        var session = await _bench.ConnectAsync("ann", _connection);
        AssertAccepted(await SubscribeAsync(session, ChannelFeeds.Metadata));
        AssertAccepted(await AcquireAsync(session));
        Data.Script("Watch", ErrorCode.LockNotAvailable);

        AssertRefused(ErrorCode.LockNotAvailable, await SubscribeAsync(session, ChannelFeeds.Locks));

        Assert.Equal(0, Data.CountOf("Unwatch") + Data.CountOf("Leave"));
        Deliver(1);
        Assert.Equal("Set@1[k=1]", Told()[^1]);
        AssertAccepted(await UnsubscribeAsync(session));
    }

    [Fact]
    public async Task A_subscription_that_is_refused_gives_up_the_feeds_that_it_has_begun_and_no_others()
    {
        var session = await _bench.ConnectAsync();
        AssertAccepted(await SubscribeAsync(session, ChannelFeeds.Locks));
        _bench.Grains.User("ann").Script("SubscribeChannel", ErrorCode.ChannelSubscribeFailed);

        AssertRefused(ErrorCode.ChannelSubscribeFailed, await SubscribeAsync(session, Both));

        Assert.Equal([(true, false)], Flags("Unwatch"));
        Assert.Equal((false, true), SharedDataFeeds.Watched(session, ChannelType.Message, Lobby));
    }

    /// <summary>As leaving a stream channel does.</summary>
    [Fact]
    public async Task Unsubscribing_ends_the_feeds_and_gives_up_the_locks()
    {
        var session = await _bench.ConnectAsync();
        AssertAccepted(await SubscribeAsync(session, Both));
        AssertAccepted(await AcquireAsync(session));

        AssertAccepted(await UnsubscribeAsync(session));

        Assert.True(Assert.Single(Data.Requests<LeaveSharedDataRequest>()).IsOrderly);
        Assert.Equal(0, session.SharedData.Count);
        Assert.Null(DataRoute);
    }

    [Fact]
    public async Task A_session_that_ends_is_told_nothing_any_more()
    {
        var session = await _bench.ConnectAsync();
        AssertAccepted(await SubscribeAsync(session, ChannelFeeds.Metadata));

        await _bench.Lifecycle.EndAsync(session).Guard();

        Assert.Single(Data.Requests<LeaveSharedDataRequest>());
        Assert.Null(DataRoute);
    }

    /// <summary>What it has something of already counts once.</summary>
    [Fact]
    public async Task A_client_that_has_something_of_300_channels_may_watch_and_lock_these_and_no_others()
    {
        var session = await _bench.ConnectAsync();
        AssertAccepted(await AcquireAsync(session));
        for (var i = 1; i < SharedDataLimits.TargetsPerClientMax; i++)
            AssertAccepted(await AcquireAsync(session, $"c{i}"));

        AssertAccepted(await SubscribeAsync(session, Both));
        AssertAccepted(await AcquireAsync(session));
        AssertRefused(ErrorCode.LockAcquireFailed, await AcquireAsync(session, "more"));
        AssertRefused(
            ErrorCode.StorageSubscribeUserExceedLimitation,
            await _bench.MessageChannels.SubscribeAsync(session, new("more"), Both, null).Guard());
    }

    private string[] Told() => [.. GatewayBench.Told(_connection).Skip(1)];

    private Task<Outcome<SubscribedChannel>> SubscribeAsync(Session session, ChannelFeeds feeds) =>
        _bench.MessageChannels.SubscribeAsync(session, Channel, feeds, null).Guard();

    private Task<Outcome<Done>> UnsubscribeAsync(Session session) =>
        _bench.MessageChannels.UnsubscribeAsync(session, Channel).Guard();

    private Task<Outcome<LockAnswer>> AcquireAsync(Session session, string channel = Lobby) =>
        _bench.Locks.AcquireAsync(session, ChannelType.Message, new(channel), Door, false).Guard();

    private IEnumerable<(bool Metadata, bool Locks)> Flags(string method) =>
        Data.Calls.Where(call => call.Method == method).Select(call => (WatchSharedDataRequest)call.Request)
            .Select(request => (request.Metadata, request.Locks));

    private void Deliver(long revision) => _bench.Deliver(
        GrainKey.SharedData(ChannelType.Message, Lobby), Data.Epoch, ++_batches,
        [new MetadataEvent(_batches, MetadataChangeKind.Set, revision, [new("k", $"{revision}", revision)])]);
}
