using System.Diagnostics;
using ImOrleans.ClientKit;
using ImOrleans.ClientKit.GoWire;

namespace ImOrleans.EndToEnd.Tests.GoWire;

/// <summary>Locks at the door, and with clients of the hub in both directions.</summary>
public sealed class GoLockTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private ServerProcess Server => fixture.Server;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Locks_cross_the_doors(int type)
    {
        await using var hub = await Server.ConnectAsync("lk-hub");
        await using var go = await Server.LoginAsync("lk-go");
        await hub.EnterAsync(type, "lk");
        await hub.LockEvents.NextAsync();
        await go.EnterAsync(type, "lk", 5);
        Assert.Equal($"lk {type} 1", Describe(await go.NextAsync(GoUris.LockEvent)));
        Assert.Empty((await go.DoAsync(GoUris.LockGet, Lock(type: type))).All(3));

        // Four billion seconds are a negative number here, and are cut to 300.
        await go.DoAsync(GoUris.LockSet, Lock("door", type: type).With(4, unchecked((int)4_000_000_000)));
        Assert.Equal($"lk {type} 2 door::300", Describe(await go.NextAsync(GoUris.LockEvent)));
        Assert.Equal("set", await NextAtHubAsync());
        Assert.Equal(14004, await go.CodeAsync(GoUris.LockSet, Lock("door", type: type).With(4, 30)));

        await hub.DoAsync("AcquireLock", new { channel = "lk", channelType = GoDoor.Word(type), name = "door" });
        Assert.Equal($"lk {type} 4 door:lk-hub:300", Describe(await go.NextAsync(GoUris.LockEvent)));
        Assert.Equal("acquired", await NextAtHubAsync());
        Assert.Equal(14007, await go.CodeAsync(GoUris.LockAcquire, Lock("door", type: type)));
        Assert.Equal(14006, await go.CodeAsync(GoUris.LockRelease, Lock("door", type: type)));

        // With retry it is answered once the lock is free.
        var waiting = go.CodeAsync(GoUris.LockAcquire, Lock("door", type: type).With(4, 1));
        Assert.Equal(14003, await go.CodeAsync(GoUris.LockAcquire, Lock("door", type: type).With(4, 1)));
        await hub.DoAsync("ReleaseLock", new { channel = "lk", channelType = GoDoor.Word(type), name = "door" });
        Assert.Equal(0, await waiting);
        Assert.Equal($"lk {type} 5 door::300", Describe(await go.NextAsync(GoUris.LockEvent)));
        Assert.Equal($"lk {type} 4 door:lk-go:300", Describe(await go.NextAsync(GoUris.LockEvent)));
        Assert.Equal(["released", "acquired"], [await NextAtHubAsync(), await NextAtHubAsync()]);
        // Whoever has it gets it again.
        await go.DoAsync(GoUris.LockAcquire, Lock("door", type: type));
        var got = await go.DoAsync(GoUris.LockGet, Lock(type: type));
        Assert.Equal(("lk", type), (got.Text(1), got.Number(2)));
        Assert.Equal(["door:lk-go:300"], got.Messages(3).Select(Detail));

        await go.DoAsync(GoUris.LockRelease, Lock("door", type: type));
        Assert.Equal("released", await NextAtHubAsync());
        await hub.DoAsync("AcquireLock", new { channel = "lk", channelType = GoDoor.Word(type), name = "door" });
        Assert.Equal(14006, await go.CodeAsync(GoUris.LockRevoke, Lock("door", type: type).With(4, "somebody")));
        await go.DoAsync(GoUris.LockRevoke, Lock("door", type: type).With(4, "lk-hub"));
        Assert.Equal(["acquired", "released"], [await NextAtHubAsync(), await NextAtHubAsync()]);
        await go.DoAsync(GoUris.LockRemove, Lock("door", type: type));
        Assert.Equal("remove", await NextAtHubAsync());
        Assert.Equal(14008, await go.CodeAsync(GoUris.LockRemove, Lock("door", type: type)));
        Assert.Equal(14008, await go.CodeAsync(GoUris.LockAcquire, Lock("door", type: type).With(4, 1)));

        async Task<string> NextAtHubAsync() => (await hub.LockEvents.NextAsync()).GetProperty("type").GetString()!;
    }

    /// <summary>The SDK gives up after five seconds and says nothing: the server has to end the waiting before.</summary>
    [Fact]
    public async Task Who_waits_in_vain_is_answered_in_time_waits_no_more_and_holds_up_nothing()
    {
        await using var owner = await Server.LoginAsync("wait-owner");
        await using var waiter = await Server.LoginAsync("wait-waiter");
        await using var third = await Server.LoginAsync("wait-third");
        for (var i = 0; i < 20; i++)
        {
            await owner.DoAsync(GoUris.LockSet, Lock($"l{i}", "wait"));
            await owner.DoAsync(GoUris.LockAcquire, Lock($"l{i}", "wait"));
        }

        var startedAt = Stopwatch.GetTimestamp();
        var waiting = Enumerable.Range(0, 20)
            .Select(i => waiter.CodeAsync(GoUris.LockAcquire, Lock($"l{i}", "wait").With(4, 1))).ToArray();
        // More waits than there are places for other calls.
        await waiter.JoinAsync("wait");
        Assert.DoesNotContain(waiting, one => one.IsCompleted);
        Assert.All(await Task.WhenAll(waiting), code => Assert.Equal(14002, code));
        Assert.InRange(Stopwatch.GetElapsedTime(startedAt).TotalSeconds, 3.5, 30);

        var next = third.CodeAsync(GoUris.LockAcquire, Lock("l0", "wait").With(4, 1));
        await third.DoAsync(GoUris.LockGet, Lock("", "wait"));
        await owner.DoAsync(GoUris.LockRelease, Lock("l0", "wait"));
        Assert.Equal(0, await next);
    }

    [Fact]
    public async Task A_lock_guards_metadata()
    {
        await using var go = await Server.LoginAsync("guard-go");
        await using var other = await Server.LoginAsync("guard-other");
        await go.DoAsync(GoUris.LockSet, Lock("door", "guard"));
        var change = GoDoor.Channel("guard").With(2, 2).With(4, new GoFields().With(1, "k").With(2, "v").ToBytes())
            .With(5, -1).With(6, "door");
        Assert.Equal(12008, await go.CodeAsync(GoUris.ChangeChannelMetadata, change));
        await go.DoAsync(GoUris.LockAcquire, Lock("door", "guard"));
        await go.DoAsync(GoUris.ChangeChannelMetadata, change);
        Assert.Equal(12008, await other.CodeAsync(GoUris.ChangeChannelMetadata, change));
    }

    [Fact]
    public async Task Wrong_values_have_their_codes()
    {
        await using var go = await Server.LoginAsync("lkbad-go");
        foreach (var uri in (int[])
            [GoUris.LockSet, GoUris.LockAcquire, GoUris.LockRelease, GoUris.LockRemove, GoUris.LockRevoke])
        {
            Assert.Equal(10008, await go.CodeAsync(uri, Lock("door", "_lk")));
            Assert.Equal(10019, await go.CodeAsync(uri, GoDoor.Channel("lk").With(3, "door")));
            Assert.Equal(10019, await go.CodeAsync(uri, GoDoor.Channel("lk").With(2, 3).With(3, "door")));
            Assert.Equal(14005, await go.CodeAsync(uri, Lock("")));
            Assert.Equal(14005, await go.CodeAsync(uri, GoDoor.Channel("lk").With(2, 2).With(3, [0xFF])));
        }

        Assert.Equal(10019, await go.CodeAsync(GoUris.LockGet, GoDoor.Channel("lk")));
        Assert.Equal(10006, await go.CodeAsync(GoUris.LockRevoke, Lock("door")));
    }

    private static GoFields Lock(string name = "", string channel = "lk", int type = 2) =>
        GoDoor.Channel(channel).With(2, type).With(3, name);

    private static string Describe(GoFields lockEvent) => string.Join(
        ' ',
        (string[])[
            $"{lockEvent.Text(1)} {lockEvent.Number(2)} {lockEvent.Number(3)}", .. lockEvent.Messages(4).Select(Detail),
        ]);

    private static string Detail(GoFields detail) => $"{detail.Text(1)}:{detail.Text(2)}:{detail.Number(3)}";
}
