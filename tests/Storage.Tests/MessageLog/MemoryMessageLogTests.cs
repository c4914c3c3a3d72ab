using ImOrleans.Domain.Conversations;
using ImOrleans.TestKit.Conversations;

namespace ImOrleans.Storage.Tests.MessageLog;

/// <summary>The log of other tests keeps the same promises, and fails in the ways that they ask for.</summary>
public sealed class MemoryMessageLogTests : MessageLogContract
{
    private readonly MemoryMessageLog _log;

    public MemoryMessageLogTests() => _log = new(Clock);

    protected override IMessageLog Log => _log;

    protected override Task ReopenAsync(TimeProvider clock)
    {
        _log.Clock = clock;
        return Task.CompletedTask;
    }

    [Fact]
    public async Task Appends_fail_in_every_way_that_a_store_can()
    {
        await Log.OpenAsync(Pair);
        _log.FailAppends(LogFault.Refused, LogFault.Lost, LogFault.None, LogFault.Done, LogFault.Late);
        await Assert.ThrowsAsync<IOException>(() => AppendAsync(Pair, 1, 1, Text("refused")));
        await Assert.ThrowsAsync<LogUnknownException>(() => AppendAsync(Pair, 1, 1, Text("lost")));
        await AppendAsync(Pair, 1, 1, Text("stored"));
        await Assert.ThrowsAsync<LogUnknownException>(() => AppendAsync(Pair, 1, 2, Text("done")));
        await Assert.ThrowsAsync<LogUnknownException>(() => AppendAsync(Pair, 1, 3, Text("late")));
        Assert.Equal(["stored", "done"], Texts(await AllAsync(Pair)));
        Assert.Equal(1, _log.ApplyLate());
        Assert.Equal(["stored", "done", "late"], Texts(await AllAsync(Pair)));
    }

    /// <summary>What comes late is checked when it comes: whoever has opened since is not disturbed.</summary>
    [Fact]
    public async Task A_late_append_is_fenced_like_any_other()
    {
        await Log.OpenAsync(Pair);
        _log.FailAppends(LogFault.Late);
        await Assert.ThrowsAsync<LogUnknownException>(() => AppendAsync(Pair, 1, 1, Text("late")));
        await Log.OpenAsync(Pair);
        Assert.Equal(1, _log.ApplyLate());
        Assert.Empty(await AllAsync(Pair));
    }

    [Fact]
    public async Task Appends_wait_while_they_are_held_and_go_in_their_order()
    {
        await Log.OpenAsync(Pair);
        _log.HoldAppends();
        var held = _log.WhenHeldAsync(2);
        var first = AppendAsync(Pair, 1, 1, Text("a"));
        Assert.False(held.IsCompleted);
        var second = AppendAsync(Pair, 1, 2, Text("b"));
        await held.Guard();
        Assert.Empty(await AllAsync(Pair));
        _log.ReleaseAppends(1);
        await first;
        Assert.False(second.IsCompleted);
        _log.ReleaseAppends();
        await second;
        await AppendAsync(Pair, 1, 3, Text("c"));
        Assert.Equal(["a", "b", "c"], Texts(await AllAsync(Pair)));
    }

    [Fact]
    public async Task Other_writes_and_reads_fail_when_they_are_told_to()
    {
        _log.FailOthers(LogFault.Done);
        await Assert.ThrowsAsync<LogUnknownException>(() => Log.OpenAsync(Pair));
        Assert.Equal(2, (await Log.OpenAsync(Pair)).Epoch);
        _log.IsUnreadable = true;
        await Assert.ThrowsAsync<IOException>(() => Log.ReadHeadsAsync([Pair]));
    }
}
