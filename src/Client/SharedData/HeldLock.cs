namespace ImOrleans.Client;

/// <summary>A lock that this client acquired. Releases it when it is disposed.</summary>
/// <remarks>
/// It survives reconnects within its time to live. Whoever does something under a lock that must not overlap with
/// another owner's work passes <see cref="FencingToken"/> along: of two, the greater one counts.
/// </remarks>
public sealed class HeldLock : IAsyncDisposable
{
    private readonly CancellationTokenSource _lost = new();
    private readonly Func<HeldLock, CancellationToken, Task> _release;

    internal HeldLock(LockKey key, long fencingToken, Func<HeldLock, CancellationToken, Task> release) =>
        (Key, FencingToken, _release) = (key, fencingToken, release);

    /// <summary>The channel.</summary>
    public string Channel => Key.Channel;

    /// <summary>The channel's type.</summary>
    public ChannelType ChannelType => Key.Type;

    /// <summary>The lock's name.</summary>
    public string Name => Key.Name;

    /// <summary>Greater than the token of every owner before, of any lock of the channel.</summary>
    public long FencingToken { get; }

    /// <summary>
    /// Cancelled when the lock is not this client's any more as far as the client knows: released, revoked, removed,
    /// expired, or the client's session has ended.
    /// </summary>
    public CancellationToken Lost => _lost.Token;

    internal LockKey Key { get; }

    /// <summary>Of the channel's locks when it was last answered that this is the owner; guarded by who made it.</summary>
    internal long Revision { get; set; }

    /// <summary>Gives the lock back. Does nothing when it is lost already.</summary>
    /// <exception cref="RtmException">14002: it may or may not be released.</exception>
    public Task ReleaseAsync(CancellationToken cancellationToken = default) =>
        Lost.IsCancellationRequested ? Task.CompletedTask : _release(this, cancellationToken);

    /// <summary>Gives the lock back; a failure is left to the lock's time to live.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await ReleaseAsync().ConfigureAwait(false);
        }
        catch (RtmException)
        {
            // It expires.
        }
    }

    internal void Lose() => _lost.Cancel();
}

/// <summary>Names a lock.</summary>
internal readonly record struct LockKey(ChannelType Type, string Channel, string Name);
