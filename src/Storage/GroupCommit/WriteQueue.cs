using System.Threading.Channels;

namespace ImOrleans.Storage.GroupCommit;

/// <summary>
/// Group commit: one writer takes all writes that wait into one transaction, so that they share the wait for the disk.
/// The first one does not wait for company.
/// </summary>
/// <remarks>Bounded: a store that does not keep up refuses what comes on top, at once.</remarks>
internal sealed class WriteQueue<T> : IAsyncDisposable
    where T : IQueuedWrite
{
    /// <summary>Writes that wait; some seconds of what a disk takes.</summary>
    public const int WritesMax = 8192;

    /// <summary>Bytes that wait.</summary>
    public const int BytesMax = 64 * 1024 * 1024;

    /// <summary>Bounds how long a write can wait for those before it in its own transaction.</summary>
    private const int BatchWritesMax = 256;

    /// <summary>The same for its bytes; a write that is longer goes alone.</summary>
    private const int BatchBytesMax = 8 * 1024 * 1024;

    private readonly Channel<T> _waiting = Channel.CreateUnbounded<T>(
        new UnboundedChannelOptions { SingleReader = true });

    private readonly Lock _gate = new();
    private readonly Func<IReadOnlyList<T>, Task> _commit;
    private readonly Task _writer;
    private int _count;
    private int _bytes;

    /// <param name="commit">
    /// Stores a batch, in order; on disk when it ends. Called for one batch at a time.
    /// </param>
    public WriteQueue(Func<IReadOnlyList<T>, Task> commit)
    {
        _commit = commit;
        _writer = Task.Run(WriteAsync);
    }

    /// <summary>Takes a write, which is told when it is on disk.</summary>
    /// <exception cref="StorageUnavailableException">Too many wait already.</exception>
    public void Add(T write)
    {
        lock (_gate)
        {
            if (_count == WritesMax || write.Bytes > BytesMax - _bytes)
                throw new StorageUnavailableException("Too many messages wait to be stored already.", null);
            ObjectDisposedException.ThrowIf(!_waiting.Writer.TryWrite(write), this);
            _count++;
            _bytes += write.Bytes;
        }
    }

    /// <summary>Ends after the writes that wait.</summary>
    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        await _writer;
    }

    private async Task WriteAsync()
    {
        var batch = new List<T>(BatchWritesMax);
        while (await _waiting.Reader.WaitToReadAsync())
        {
            for (var bytes = 0; batch.Count < BatchWritesMax && _waiting.Reader.TryPeek(out var next);)
            {
                bytes += next.Bytes;
                if (batch.Count > 0 && bytes > BatchBytesMax)
                    break;
                _waiting.Reader.TryRead(out _);
                batch.Add(next);
            }

            await CommitAsync(batch);
            batch.Clear();
        }
    }

    private async Task CommitAsync(List<T> batch)
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
            _bytes -= batch.Sum(write => write.Bytes);
        }

        foreach (var write in batch)
            if (failure is null)
                write.Complete();
            else
                write.Fail(failure);
    }
}
