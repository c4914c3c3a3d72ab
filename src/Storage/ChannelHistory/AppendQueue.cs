using System.Threading.Channels;

namespace ImOrleans.Storage.ChannelHistory;

/// <summary>
/// Group commit: one writer takes all appends that wait into one transaction, so that they share the wait for the disk.
/// The first one does not wait for company.
/// </summary>
/// <remarks>Bounded: a store that does not keep up refuses what comes on top, at once.</remarks>
internal sealed class AppendQueue : IAsyncDisposable
{
    /// <summary>Messages that wait; some seconds of what a disk takes.</summary>
    public const int AppendsMax = 8192;

    /// <summary>Bytes of the payloads that wait.</summary>
    public const int BytesMax = 64 * 1024 * 1024;

    /// <summary>Bounds how long an append can wait for those before it in its own transaction.</summary>
    private const int BatchAppendsMax = 256;

    private readonly Channel<HistoryAppend> _waiting = Channel.CreateUnbounded<HistoryAppend>(
        new UnboundedChannelOptions { SingleReader = true });

    private readonly Lock _gate = new();
    private readonly Func<IReadOnlyList<HistoryAppend>, Task> _commit;
    private readonly Task _writer;
    private int _count;
    private int _bytes;

    /// <param name="commit">
    /// Stores a batch, in order, and sets the time of each; on disk when it ends. Called for one batch at a time.
    /// </param>
    public AppendQueue(Func<IReadOnlyList<HistoryAppend>, Task> commit)
    {
        _commit = commit;
        _writer = Task.Run(WriteAsync);
    }

    /// <summary>Ends when the append is on disk.</summary>
    /// <exception cref="StorageUnavailableException">Too many wait already.</exception>
    public Task<long> AddAsync(HistoryAppend append)
    {
        var bytes = append.Message.Payload.Bytes.Length;
        lock (_gate)
        {
            if (_count == AppendsMax || _bytes + bytes > BytesMax)
                throw new StorageUnavailableException("Too many messages wait to be stored already.", null);
            ObjectDisposedException.ThrowIf(!_waiting.Writer.TryWrite(append), this);
            _count++;
            _bytes += bytes;
        }

        return append.Done;
    }

    /// <summary>Ends after the appends that wait.</summary>
    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        await _writer;
    }

    private async Task WriteAsync()
    {
        var batch = new List<HistoryAppend>(BatchAppendsMax);
        while (await _waiting.Reader.WaitToReadAsync())
        {
            while (batch.Count < BatchAppendsMax && _waiting.Reader.TryRead(out var append))
                batch.Add(append);
            await CommitAsync(batch);
            batch.Clear();
        }
    }

    private async Task CommitAsync(List<HistoryAppend> batch)
    {
        Exception? failure = null;
        try
        {
            await _commit(batch);
        }
        catch (Exception thrown)
        {
            // Whatever it was, the writer goes on: the next batch may succeed, and nobody may wait for ever.
            failure = thrown;
        }

        lock (_gate)
        {
            _count -= batch.Count;
            _bytes -= batch.Sum(append => append.Message.Payload.Bytes.Length);
        }

        foreach (var append in batch)
            if (failure is null)
                append.Complete();
            else
                append.Fail(failure);
    }
}
