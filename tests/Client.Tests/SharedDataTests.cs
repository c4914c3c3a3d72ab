using System.Text.Json;
using ImOrleans.Client.Tests.Fakes;
using ImOrleans.Client.Wire;
using ImOrleans.TestKit;

namespace ImOrleans.Client.Tests;

/// <summary>What the client makes of locks and metadata by itself.</summary>
public sealed class SharedDataTests
{
    private const string Acquire = """AcquireLock {"retry":true,"channel":"c","channelType":"message","name":"door"}""";

    [Fact]
    public async Task Who_waits_asks_again_when_somebody_acquired_the_lock_and_has_it_when_that_was_this_user()
    {
        await using var faked = new FakedClient();
        var link = await faked.ConnectAsync();
        faked.Server.Answer = _ => Answer(null);
        var acquiring = faked.Client.Locks.AcquireAsync("c", ChannelType.Message, "door", wait: true);
        Assert.Equal(Acquire, await link.NextCallAsync());
        faked.Server.Answer = _ => FakeServer.Refuse(14003, retryable: true);
        Tell(link, "acquired");
        Assert.Equal(Acquire, await link.NextCallAsync());
        faked.Server.Answer = _ => Answer(7);
        Tell(link, "acquired");
        var held = await acquiring.Guard();
        Assert.Equal(("c", ChannelType.Message, "door", 7), (held.Channel, held.ChannelType, held.Name, held.FencingToken));
    }

    [Fact]
    public async Task A_lock_is_lost_when_its_own_grant_ends_and_not_by_an_earlier_one()
    {
        await using var faked = new FakedClient();
        var link = await faked.ConnectAsync();
        faked.Server.Answer = _ => Answer(7);
        var held = await faked.Client.Locks.AcquireAsync("c", ChannelType.Message, "door");
        Tell(link, "released", 6);
        Assert.False(held.Lost.IsCancellationRequested);
        Tell(link, "released", 7);
        Assert.True(held.Lost.IsCancellationRequested);
        _ = link.Calls;
        await held.ReleaseAsync();
        Assert.Empty(link.Calls);
    }

    [Fact]
    public async Task An_end_that_overtakes_the_answer_of_its_grant_counts()
    {
        await using var faked = new FakedClient();
        var link = await faked.ConnectAsync();
        var answer = new TaskCompletionSource<WireReply>();
        faked.Server.Answer = _ => answer.Task;
        var acquiring = faked.Client.Locks.AcquireAsync("c", ChannelType.Message, "door");
        await link.NextCallAsync();
        Tell(link, "released", 7);
        answer.SetResult(await Answer(7));
        Assert.True((await acquiring.Guard()).Lost.IsCancellationRequested);
    }

    [Fact]
    public async Task A_waiting_that_is_cancelled_gives_back_what_it_gets_all_the_same()
    {
        await using var faked = new FakedClient();
        var link = await faked.ConnectAsync();
        faked.Server.Answer = _ => Answer(null);
        using var stop = new CancellationTokenSource();
        var acquiring = faked.Client.Locks.AcquireAsync("c", ChannelType.Message, "door", true, stop.Token);
        await link.NextCallAsync();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => acquiring.Guard());
        var twice = await Assert.ThrowsAsync<RtmException>(
            () => faked.Client.Locks.AcquireAsync("c", ChannelType.Message, "door"));
        Assert.Equal(14003, twice.Code);
        faked.Server.Answer = _ => Answer(7);
        Tell(link, "acquired");
        Assert.Equal(Acquire, await link.NextCallAsync());
        Assert.Equal("""ReleaseLock {"channel":"c","channelType":"message","name":"door"}""", await link.NextCallAsync());
    }

    [Theory]
    [InlineData(7, false)]
    [InlineData(8, true)]
    public async Task After_a_reconnect_a_lock_is_kept_when_its_token_is_the_same(long token, bool isLost)
    {
        await using var faked = new FakedClient();
        var first = await faked.ConnectAsync();
        faked.Server.Answer = _ => Answer(7);
        var held = await faked.Client.Locks.AcquireAsync("c", ChannelType.Message, "door");
        first.Lose();
        faked.Server.Answer = _ => Answer(token);
        await faked.Clock.PassAsync(TimeSpan.FromSeconds(1));
        var second = await faked.Server.NextLinkAsync();
        await faked.StateAsync(ConnectionState.Reconnecting);
        await faked.StateAsync(ConnectionState.Connected);
        Assert.Equal(isLost, held.Lost.IsCancellationRequested);
        Assert.Equal(
            isLost ? ["AcquireLock", "ReleaseLock"] : ["AcquireLock"],
            second.Calls.Select(call => call[..call.IndexOf(' ', StringComparison.Ordinal)]));
    }

    [Fact]
    public async Task After_a_reconnect_who_waits_asks_again()
    {
        await using var faked = new FakedClient();
        var first = await faked.ConnectAsync();
        faked.Server.Answer = _ => Answer(null);
        var acquiring = faked.Client.Locks.AcquireAsync("c", ChannelType.Message, "door", wait: true);
        await first.NextCallAsync();
        first.Lose();
        faked.Server.Answer = _ => Answer(9);
        await faked.Clock.PassAsync(TimeSpan.FromSeconds(1));
        Assert.Equal(9, (await acquiring.Guard()).FencingToken);
    }

    /// <summary>After a loss in the server a client that watches is told all, and not what happened meanwhile.</summary>
    [Theory]
    [InlineData(6, 9L, false)]
    [InlineData(6, 7L, false)]
    [InlineData(4, 9L, false)]
    [InlineData(6, 9L, true)]
    [InlineData(4, 9L, true)]
    [InlineData(6, null, true)]
    [InlineData(6, null, false)]
    public async Task A_snapshot_that_is_newer_than_the_grant_tells_whether_it_lasts(long revision, long? token, bool isEarly)
    {
        await using var faked = new FakedClient();
        var link = await faked.ConnectAsync();
        var answer = new TaskCompletionSource<WireReply>();
        faked.Server.Answer = _ => answer.Task;
        var acquiring = faked.Client.Locks.AcquireAsync("c", ChannelType.Message, "door");
        await link.NextCallAsync();
        if (!isEarly)
            await AnswerAsync();
        link.Events.OnLockEvents([new("snapshot", "c", "stream", [], Revision: 99)]);
        link.Events.OnLockEvents([new("snapshot", "other", "message", [], Revision: 99)]);
        WireLock[] locks = token is null ? [] : [new("door", "somebody", 10, token)];
        link.Events.OnLockEvents([new("snapshot", "c", "message", locks, Revision: revision)]);
        if (isEarly)
            await AnswerAsync();
        Assert.Equal(revision > 5 && token != 7, (await acquiring.Guard()).Lost.IsCancellationRequested);

        async Task AnswerAsync()
        {
            answer.SetResult(await Answer(7, revision: 5));
            await acquiring.Guard();
        }
    }

    [Fact]
    public async Task Who_waits_asks_again_when_all_is_told_and_the_lock_is_not_there()
    {
        await using var faked = new FakedClient();
        var link = await faked.ConnectAsync();
        faked.Server.Answer = _ => Answer(null);
        var acquiring = faked.Client.Locks.AcquireAsync("c", ChannelType.Message, "door", wait: true);
        Assert.Equal(Acquire, await link.NextCallAsync());
        faked.Server.Answer = _ => FakeServer.Refuse(14008);
        link.Events.OnLockEvents([new("snapshot", "c", "message", [], Revision: 9)]);
        Assert.Equal(Acquire, await link.NextCallAsync());
        Assert.Equal(14008, (await Assert.ThrowsAsync<RtmException>(() => acquiring.Guard())).Code);
    }

    [Fact]
    public async Task With_the_session_its_locks_end()
    {
        await using var faked = new FakedClient();
        await faked.ConnectAsync();
        faked.Server.Answer = _ => Answer(7);
        var held = await faked.Client.Locks.AcquireAsync("c", ChannelType.Message, "door");
        faked.Server.Answer = FakeServer.Done;
        await faked.Client.DisconnectAsync();
        Assert.True(held.Lost.IsCancellationRequested);
    }

    [Fact]
    public async Task What_a_channel_was_joined_with_is_asked_for_again()
    {
        await using var faked = new FakedClient();
        var first = await faked.ConnectAsync();
        await faked.Client.JoinStreamChannelAsync("c", new() { WithMetadata = true });
        const string Join = """JoinChannel {"channel":"c","token":null,"withPresence":false,"beQuiet":false,"withMetadata":true,"withLock":false}""";
        Assert.Equal(Join, await first.NextCallAsync());
        first.Lose();
        await faked.Clock.PassAsync(TimeSpan.FromSeconds(1));
        Assert.Equal(Join, await (await faked.Server.NextLinkAsync()).NextCallAsync());
    }

    [Fact]
    public async Task A_users_metadata_is_followed_over_a_reconnect_until_that_is_refused()
    {
        await using var faked = new FakedClient();
        var link = await faked.ConnectAsync();
        faked.Server.Answer = _ => Task.FromResult(Reply(new { majorRevision = 0, items = Array.Empty<object>() }));
        var followed = await faked.Client.Storage.SubscribeUserMetadataAsync("bob");
        var events = new FeedReader<StorageEvent>(followed.Events);
        link.Events.OnStorageEvents([new("user", "bob", null, "set", 1, [new("k", "v", 1, "ann", 5)])]);
        link.Events.OnStorageEvents([new("user", "bob", null, "of later servers", 1, [])]);
        var change = await events.NextAsync();
        Assert.Equal((StorageEventType.Set, 1), (change.Type, change.MajorRevision));
        Assert.Equal(
            new("k", "v") { Revision = 1, Author = "ann", UpdatedAt = DateTimeOffset.FromUnixTimeMilliseconds(5) },
            Assert.Single(change.Items));
        faked.Server.Answer = _ => FakeServer.Refuse(12017);
        link.Lose();
        await faked.Clock.PassAsync(TimeSpan.FromSeconds(1));
        var second = await faked.Server.NextLinkAsync();
        Assert.Equal("""SubscribeUserMetadata {"userId":"bob"}""", await second.NextCallAsync());
        var ended = await Assert.ThrowsAsync<RtmException>(() => events.NextAsync());
        Assert.Equal(12017, ended.Code);
    }

    private static void Tell(FakeLink link, string type, long endedToken = 0) =>
        link.Events.OnLockEvents([new(type, "c", "message", [new("door", "somebody", 10)], endedToken)]);

    private static Task<WireReply> Answer(long? token, long revision = 0) => Task.FromResult(Reply(token is { } granted
        ? new { acquired = true, queued = false, fencingToken = granted, revision }
        : (object)new { acquired = false, queued = true, revision }));

    private static WireReply Reply(object data) => new(0, JsonSerializer.SerializeToElement(data));
}
