using ImOrleans.Client.Tests.Fakes;
using ImOrleans.TestKit;

namespace ImOrleans.Client.Tests.Server;

/// <summary>Metadata and locks against a real server.</summary>
public sealed class SharedDataFlowTests(RealServer server) : IClassFixture<RealServer>
{
    [Fact]
    public async Task Metadata_of_channels_and_users_is_written_read_and_followed()
    {
        await using var ann = await server.ConnectAsync("data-ann");
        await using var bob = await server.ConnectAsync("data-bob");
        var channel = await bob.JoinStreamChannelAsync("data", new() { WithMetadata = true });
        var events = new FeedReader<StorageEvent>(channel.StorageEvents);
        Assert.Equal(StorageEventType.Snapshot, (await events.NextAsync()).Type);

        var revision = await ann.Storage.SetChannelMetadataAsync(
            "data", ChannelType.Stream, [new("title", "one")], new() { RecordAuthor = true, RecordTime = true });
        var told = await events.NextAsync();
        Assert.Equal((StorageEventType.Set, revision, "data"), (told.Type, told.MajorRevision, told.Target));
        var item = Assert.Single(told.Items);
        Assert.Equal(("title", "one", "data-ann"), (item.Key, item.Value, item.Author));
        Assert.NotNull(item.UpdatedAt);
        var stale = await Assert.ThrowsAsync<RtmException>(() => ann.Storage.UpdateChannelMetadataAsync(
            "data", ChannelType.Stream, [item with { Value = "two" }], new() { MajorRevision = revision + 1 }));
        Assert.Equal(RtmErrorCodes.OutdatedRevision, stale.Code);
        await ann.Storage.UpdateChannelMetadataAsync("data", ChannelType.Stream, [item with { Value = "two" }]);
        Assert.Equal("two", (await bob.Storage.GetChannelMetadataAsync("data", ChannelType.Stream))["title"]);
        await ann.Storage.RemoveChannelMetadataAsync("data", ChannelType.Stream);
        Assert.Empty((await bob.Storage.GetChannelMetadataAsync("data", ChannelType.Stream)).Items);

        await ann.Storage.SetUserMetadataAsync("data-ann", [new("mood", "fine")]);
        var followed = await bob.Storage.SubscribeUserMetadataAsync("data-ann");
        Assert.Equal("fine", followed.Metadata["mood"]);
        var moods = new FeedReader<StorageEvent>(followed.Events);
        Assert.Equal(StorageEventType.Snapshot, (await moods.NextAsync()).Type);
        await ann.Storage.UpdateUserMetadataAsync("data-ann", [new("mood", "grand")]);
        Assert.Equal("grand", Assert.Single((await moods.NextAsync()).Items).Value);
        await followed.UnsubscribeAsync();
        Assert.True(await moods.HasEndedAsync());
        await ann.Storage.RemoveUserMetadataAsync("data-ann", [new("mood")]);
        Assert.Null((await ann.Storage.GetUserMetadataAsync("data-ann"))["mood"]);
    }

    [Fact]
    public async Task A_message_channel_tells_of_its_metadata_and_locks()
    {
        await using var ann = await server.ConnectAsync("mdata-ann");
        await using var bob = await server.ConnectAsync("mdata-bob");
        var channel = await bob.SubscribeChannelAsync("mdata", new() { WithMetadata = true, WithLocks = true });
        var (changes, locks) = (
            new FeedReader<StorageEvent>(channel.StorageEvents), new FeedReader<LockEvent>(channel.LockEvents));
        Assert.Equal(StorageEventType.Snapshot, (await changes.NextAsync()).Type);
        Assert.Equal(LockEventType.Snapshot, (await locks.NextAsync()).Type);

        await ann.Storage.SetChannelMetadataAsync("mdata", ChannelType.Message, [new("title", "one")]);
        Assert.Equal("one", Assert.Single((await changes.NextAsync()).Items).Value);
        await ann.Locks.SetAsync("mdata", ChannelType.Message, "door", TimeSpan.FromSeconds(30));
        Assert.Equal(LockEventType.Set, (await locks.NextAsync()).Type);
        await channel.UnsubscribeAsync();
        Assert.True(await changes.HasEndedAsync());
        Assert.True(await locks.HasEndedAsync());
    }

    [Fact]
    public async Task A_lock_goes_from_one_to_the_next()
    {
        await using var ann = await server.ConnectAsync("lock-ann");
        await using var bob = await server.ConnectAsync("lock-bob");
        var channel = await bob.JoinStreamChannelAsync("locked", new() { WithLocks = true });
        var events = new FeedReader<LockEvent>(channel.LockEvents);
        Assert.Equal(LockEventType.Snapshot, (await events.NextAsync()).Type);
        await ann.Locks.SetAsync("locked", ChannelType.Stream, "door", TimeSpan.FromSeconds(30));
        var hers = await ann.Locks.AcquireAsync("locked", ChannelType.Stream, "door");
        Assert.Equal(14007, (await Assert.ThrowsAsync<RtmException>(
            () => bob.Locks.AcquireAsync("locked", ChannelType.Stream, "door"))).Code);
        var waiting = bob.Locks.AcquireAsync("locked", ChannelType.Stream, "door", wait: true);
        // Answered in the order of the calls: the one before has been carried out.
        Assert.Equal("lock-ann", Assert.Single(await bob.Locks.GetAsync("locked", ChannelType.Stream)).Owner);
        await hers.DisposeAsync();
        Assert.True(hers.Lost.IsCancellationRequested);
        var his = await waiting.Guard();
        Assert.True(his.FencingToken > hers.FencingToken);
        await ann.Locks.RevokeAsync("locked", ChannelType.Stream, "door", "lock-bob");
        await events.NextAsync<LockEvent>(told => told.Type == LockEventType.Released && told.Locks[0].Owner is null
            && his.Lost.IsCancellationRequested);
        await ann.Locks.RemoveAsync("locked", ChannelType.Stream, "door");
        Assert.Equal(TimeSpan.FromSeconds(30), Assert.Single((await events.NextAsync<LockEvent>(
            told => told.Type == LockEventType.Remove)).Locks).Ttl);
    }
}
