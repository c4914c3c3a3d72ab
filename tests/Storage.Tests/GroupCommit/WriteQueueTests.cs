using ImOrleans.Domain.History;
using ImOrleans.Domain.Messages;
using ImOrleans.Storage.ChannelHistory;
using ImOrleans.Storage.GroupCommit;

namespace ImOrleans.Storage.Tests.GroupCommit;

public sealed class WriteQueueTests : IAsyncLifetime
{
    private readonly TaskCompletionSource _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<int> _batches = [];
    private readonly WriteQueue<HistoryAppend> _queue;
    private Exception? _failure;

    public WriteQueueTests() => _queue = new(async batch =>
    {
        _batches.Add(batch.Count);
        _begun.TrySetResult();
        await _gate.Task;
        if (Interlocked.Exchange(ref _failure, null) is { } failure)
            throw failure;
    });

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        _gate.TrySetResult();
        await _queue.DisposeAsync();
    }

    [Fact]
    public async Task The_first_does_not_wait_for_company_and_those_that_wait_share_a_transaction()
    {
        var first = Add();
        await _begun.Task.Guard();
        Task[] others = [.. Enumerable.Range(0, 300).Select(_ => Add())];
        Assert.False(first.IsCompleted);
        _gate.SetResult();
        await Task.WhenAll([first, .. others]).Guard();
        Assert.Equal([1, 256, 44], _batches);
    }

    [Fact]
    public async Task A_failure_is_told_to_its_own_batch_only()
    {
        _failure = new IOException("broken");
        var first = Add();
        await _begun.Task.Guard();
        var second = Add();
        _gate.SetResult();
        Assert.Equal("broken", (await Assert.ThrowsAsync<IOException>(() => first)).Message);
        await second.Guard();
    }

    [Theory]
    [InlineData(0, WriteQueue<HistoryAppend>.WritesMax)]
    [InlineData(32 * 1024, WriteQueue<HistoryAppend>.BytesMax / (32 * 1024))]
    public async Task What_waits_is_bounded_and_what_is_on_top_refused_at_once(int bytes, int count)
    {
        Task[] taken = [.. Enumerable.Range(0, count).Select(_ => Add(bytes))];
        Assert.Throws<StorageUnavailableException>(() => { _ = Add(bytes); });
        _gate.SetResult();
        await Task.WhenAll(taken).Guard();
        Assert.Equal(count, _batches.Sum());
        await Add(bytes).Guard();
    }

    /// <summary>What waits together is short: one that is long would hold up the others.</summary>
    [Fact]
    public async Task A_transaction_is_bounded_in_bytes_too()
    {
        var first = Add();
        await _begun.Task.Guard();
        Task[] others = [.. Enumerable.Range(0, 5).Select(_ => Add(3 * 1024 * 1024)), Add(9 * 1024 * 1024), Add()];
        _gate.SetResult();
        await Task.WhenAll([first, .. others]).Guard();
        Assert.Equal([1, 2, 2, 1, 1, 1], _batches);
    }

    private Task<long> Add(int bytes = 1)
    {
        var append = new HistoryAppend(
            new HistoryKey(ChannelType.Message, "lobby"),
            new(new(1, 1), new("ann"), new(MessageType.Binary, new byte[bytes]), 1), false);
        _queue.Add(append);
        return append.Done;
    }
}
