namespace ImOrleans.Client;

/// <summary>Messages or events as they come, in order, kept for one reader.</summary>
/// <remarks>
/// <b>Bound:</b> a feed keeps <see cref="RtmClientOptions.FeedItemsMax"/> items. When one more comes, the oldest is
/// dropped; the next item that is read tells how many in <see cref="FeedItem.DroppedBefore"/>. Whoever feeds it never
/// waits.
/// <b>Readers:</b> one at a time. A second one at the same time gets an <see cref="InvalidOperationException"/>; a
/// later one goes on where the one before stopped. To hand items to many, read once and spread them.
/// <b>Start:</b> items are kept from the moment on at which the feed exists, whether somebody reads or not.
/// <b>End:</b> when what it belongs to ends, the reader gets what is left, and then the end or the exception that ended
/// it.
/// </remarks>
public sealed class Feed<T> : IAsyncEnumerable<T>
    where T : FeedItem
{
    private readonly Lock _lock = new();
    private readonly Queue<T> _items = new();
    private readonly int _itemsMax;
    private TaskCompletionSource? _wake;
    private Exception? _failure;
    private bool _completed;
    private bool _hasReader;
    private long _droppedUntold;
    private long _dropped;

    internal Feed(int itemsMax) => _itemsMax = itemsMax;

    /// <summary>How many items wait to be read.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
                return _items.Count;
        }
    }

    /// <summary>How many items were dropped in all.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Reads items as they come, until the feed ends or the token is cancelled.</summary>
    /// <exception cref="InvalidOperationException">Somebody reads it already.</exception>
    public IAsyncEnumerator<T> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            if (_hasReader)
                throw new InvalidOperationException("A feed has one reader at a time.");
            _hasReader = true;
        }

        return new Reader(this, cancellationToken);
    }

    internal void Post(T item)
    {
        TaskCompletionSource? wake;
        lock (_lock)
        {
            if (_completed)
                return;
            if (_items.Count == _itemsMax)
            {
                _items.Dequeue();
                _droppedUntold++;
                _dropped++;
            }

            _items.Enqueue(item);
            (wake, _wake) = (_wake, null);
        }

        wake?.TrySetResult();
    }

    internal void Complete(Exception? failure = null)
    {
        TaskCompletionSource? wake;
        lock (_lock)
        {
            if (_completed)
                return;
            _completed = true;
            _failure = failure;
            (wake, _wake) = (_wake, null);
        }

        wake?.TrySetResult();
    }

    /// <summary>An item, or the end, or what to wait for.</summary>
    private (T? Item, bool Ended, Task? Wait) Take()
    {
        lock (_lock)
        {
            if (_items.TryDequeue(out var item))
            {
                if (_droppedUntold == 0)
                    return (item, false, null);
                item = item with { DroppedBefore = _droppedUntold };
                _droppedUntold = 0;
                return (item, false, null);
            }

            if (_completed)
                return _failure is null ? (null, true, null) : throw _failure;
            _wake ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
            return (null, false, _wake.Task);
        }
    }

    private sealed class Reader(Feed<T> feed, CancellationToken cancellation) : IAsyncEnumerator<T>
    {
        private bool _disposed;

        public T Current { get; private set; } = null!;

        public async ValueTask<bool> MoveNextAsync()
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            while (true)
            {
                cancellation.ThrowIfCancellationRequested();
                var (item, ended, wait) = feed.Take();
                if (item is not null)
                    Current = item;
                if (wait is null)
                    return !ended;
                await wait.WaitAsync(cancellation).ConfigureAwait(false);
            }
        }

        public ValueTask DisposeAsync()
        {
            if (_disposed)
                return ValueTask.CompletedTask;
            _disposed = true;
            lock (feed._lock)
                feed._hasReader = false;
            return ValueTask.CompletedTask;
        }
    }
}
