namespace ImOrleans.Client;

/// <summary>
/// Pulls, takes what is pushed, has it put away and acknowledges it, for a <see cref="ConversationStore"/>.
/// </summary>
/// <remarks>
/// <para>
/// One thing after the other: while something is to be pulled, nothing that is pushed is taken. A pushed batch is taken
/// when it goes on from what is here. Else the pull, which reads from what was acknowledged, says what lies in between:
/// something that was dropped, an own message whose answer was lost, or nothing for this user. Only then the batch is
/// acknowledged, since its token stands for all before it.
/// </para>
/// <para>
/// Acknowledgements of batches go one by one, at most ten a second, of the twenty calls that a client has; when more
/// conversations than
/// <see cref="TokensMax"/> wait for one, a pull acknowledges them together.
/// </para>
/// </remarks>
internal sealed class ConversationReader(
    RtmClient client, ConversationBook book, ConversationStoreOptions options, IAsyncEnumerator<PushedMessages> pushed)
{
    public const int TokensMax = 16;
    public static readonly TimeSpan AcknowledgePause = TimeSpan.FromMilliseconds(100);
    public static readonly TimeSpan PauseMin = TimeSpan.FromSeconds(1);
    public static readonly TimeSpan PauseMax = TimeSpan.FromMinutes(1);
    private const int PageMessages = 200;

    private readonly Lock _lock = new();
    private readonly TokenQueue _tokens = new();
    private TaskCompletionSource _wake = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource? _caughtUp;
    private Task<bool>? _next;
    private Exception? _halted;
    private bool _mustPull = true;
    private bool _isConnected;
    private bool _isAcknowledging;
    private bool _isOver;
    private bool _hasEnded;
    private int _connects;
    private int _failures;

    /// <summary>Reads until the client is disposed, or the token is cancelled.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var acknowledging = AcknowledgeAllAsync(ended.Token);
        try
        {
            while (!await ReadAsync(stop).ConfigureAwait(false))
            {
                // What went wrong was seen to.
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The store is disposed.
        }

        await ended.CancelAsync().ConfigureAwait(false);
        await acknowledging.ConfigureAwait(false);
        lock (_lock)
            _hasEnded = true;
        TakeCaughtUp()?.TrySetException(new ObjectDisposedException(nameof(ConversationStore)));
    }

    /// <summary>The client tells what happens to it; null: it is disposed.</summary>
    public void OnEvent(ClientEvent? happened)
    {
        lock (_lock)
        {
            if (happened is ConnectionStateChanged change)
                _isConnected = change.State == ConnectionState.Connected;
            else if (happened is null)
                _isOver = true;
            else if (happened is not NewConversationMessages)
                return;
            if (happened is NewConversationMessages or ConnectionStateChanged { State: ConnectionState.Connected })
                (_mustPull, _halted) = (true, null);
            if (happened is ConnectionStateChanged { State: ConnectionState.Connected })
                _connects++;
        }

        Wake();
    }

    /// <summary>The client may be connected already.</summary>
    public void Begin()
    {
        lock (_lock)
            _isConnected |= client.State == ConnectionState.Connected;
    }

    /// <summary>Something may be there that is not known of.</summary>
    public void RequirePull()
    {
        lock (_lock)
            _mustPull = true;
        Wake();
    }

    /// <summary>Something is to be looked at.</summary>
    public void Wake()
    {
        TaskCompletionSource wake;
        lock (_lock)
            (wake, _wake) = (_wake, new(TaskCreationOptions.RunContinuationsAsynchronously));
        wake.TrySetResult();
    }

    public Task CaughtUpAsync()
    {
        Task caughtUp;
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_hasEnded, typeof(ConversationStore));
            if (_halted is { } why)
                return Task.FromException(why);
            _caughtUp ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
            caughtUp = _caughtUp.Task;
        }

        Wake();
        return caughtUp;
    }

    /// <summary>Reads until it is over, which is true, or something goes wrong.</summary>
    private async Task<bool> ReadAsync(CancellationToken stop)
    {
        try
        {
            while (await StepAsync(stop).ConfigureAwait(false))
            {
                // On to the next.
            }

            return true;
        }
        catch (Exception) when (stop.IsCancellationRequested)
        {
            return true;
        }
        catch (RtmException refusal) when (
            refusal is { Retryable: false, OutcomeUnknown: false, Code: not RtmErrorCodes.NotConnected })
        {
            lock (_lock)
                (_mustPull, _halted) = (true, refusal);
            TakeCaughtUp()?.TrySetException(refusal);
        }
        catch (Exception failure)
        {
            RequirePull();
            var pause = TimeSpan.FromTicks(Math.Min(PauseMax.Ticks, PauseMin.Ticks << Math.Min(_failures++, 6)));
            if (failure is RtmException { RetryAfter: { } wait } && wait > pause)
                pause = wait;
            await PauseAsync(pause, stop).ConfigureAwait(false);
        }

        return false;
    }

    /// <summary>One thing; false when there will be nothing more.</summary>
    private async Task<bool> StepAsync(CancellationToken stop)
    {
        Task wake;
        bool mustPull, mayPull;
        lock (_lock)
            (wake, mustPull, mayPull) = (_wake.Task, _mustPull, _mustPull && _isConnected && _halted is null);
        if (mayPull)
        {
            await PullAsync(stop).ConfigureAwait(false);
            return true;
        }

        // What is pushed waits until then.
        if (mustPull)
        {
            if (_isOver)
                return false;
            await wake.WaitAsync(stop).ConfigureAwait(false);
            return true;
        }

        if (book.HasUnsaved)
        {
            await TakeAsync([], stop).ConfigureAwait(false);
            return true;
        }

        _next ??= pushed.MoveNextAsync().AsTask();
        if (!_next.IsCompleted)
        {
            if (IsIdle())
                TakeCaughtUp()?.TrySetResult();
            await Task.WhenAny(wake, _next).ConfigureAwait(false);
            if (!_next.IsCompleted)
                return true;
        }

        var hasNext = await _next.ConfigureAwait(false);
        _next = null;
        if (hasNext)
            await TakeAsync(pushed.Current, stop).ConfigureAwait(false);
        return hasNext;
    }

    /// <summary>Pulls until there is nothing more.</summary>
    private async Task PullAsync(CancellationToken stop)
    {
        lock (_lock)
        {
            // What is told from now on may come too late for this pull; what is not acknowledged yet comes with it.
            _mustPull = false;
            _tokens.Clear();
        }

        PulledMessages page;
        do
        {
            page = await client.Conversations.PullAsync(PageMessages, stop).ConfigureAwait(false);
            await TakeAsync(Delivery.Of(page), stop).ConfigureAwait(false);
            if (page.AckToken is not { } token)
                break;
            await client.Conversations.AcknowledgeAsync(token, stop).ConfigureAwait(false);
        }
        while (!page.IsFinished);
        _failures = 0;
    }

    private async Task TakeAsync(PushedMessages batch, CancellationToken stop)
    {
        var delivery = Delivery.Of(batch);
        if (batch.DroppedBefore > 0 || !book.FollowsOn(delivery))
            await PullAsync(stop).ConfigureAwait(false);
        await TakeAsync([delivery], stop).ConfigureAwait(false);
        lock (_lock)
        {
            _tokens.Add(delivery.Key, batch.AckToken);
            _mustPull |= _tokens.Count > TokensMax;
        }

        Wake();
    }

    private async Task TakeAsync(IReadOnlyList<Delivery> deliveries, CancellationToken stop)
    {
        var unsaved = book.Plan(deliveries);
        if (options.SaveAsync is { } save && unsaved is not { Messages: [], Gaps: [] })
            await save(unsaved, stop).ConfigureAwait(false);
        book.Apply(deliveries, unsaved);
    }

    private async Task AcknowledgeAllAsync(CancellationToken stop)
    {
        try
        {
            while (true)
            {
                Task wake;
                string? token;
                lock (_lock)
                {
                    wake = _wake.Task;
                    token = _mustPull ? null : _tokens.Take();
                    _isAcknowledging = token is not null;
                }

                if (token is null)
                {
                    await wake.WaitAsync(stop).ConfigureAwait(false);
                    continue;
                }

                await AcknowledgeAsync(token, stop).ConfigureAwait(false);
                await Task.Delay(AcknowledgePause, client.Clock, stop).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // It is over.
        }
    }

    private async Task AcknowledgeAsync(string token, CancellationToken stop)
    {
        try
        {
            await client.Conversations.AcknowledgeAsync(token, stop).ConfigureAwait(false);
        }
        catch (RtmException)
        {
            // The pull gets the messages again, and its own acknowledgement counts for them.
            RequirePull();
        }
        finally
        {
            lock (_lock)
                _isAcknowledging = false;
            Wake();
        }
    }

    /// <summary>A pause that a new connection ends.</summary>
    private async Task PauseAsync(TimeSpan pause, CancellationToken stop)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var delay = Task.Delay(pause, client.Clock, ended.Token);
        var connects = -1;
        while (!delay.IsCompleted)
        {
            Task wake;
            lock (_lock)
            {
                wake = _wake.Task;
                if (connects < 0)
                    connects = _connects;
                if (_isOver || connects != _connects)
                    break;
            }

            await Task.WhenAny(delay, wake).ConfigureAwait(false);
        }

        await ended.CancelAsync().ConfigureAwait(false);
    }

    private bool IsIdle()
    {
        lock (_lock)
            return !_mustPull && _isConnected && _tokens.Count == 0 && !_isAcknowledging
                && client.Conversations.Pushed.Count == 0 && !book.HasUnsaved;
    }

    private TaskCompletionSource? TakeCaughtUp()
    {
        lock (_lock)
        {
            var caughtUp = _caughtUp;
            _caughtUp = null;
            return caughtUp;
        }
    }
}
