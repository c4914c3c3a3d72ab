using ImOrleans.Client.Wire;

namespace ImOrleans.Client.Connections;

/// <summary>
/// Watches what the server tells over one link: whether the login is done, and why the link is closed.
/// </summary>
internal sealed class LinkWatch(IConnectionHost host) : ILinkEvents, IDisposable
{
    private readonly TaskCompletionSource<WireConnectionEvent> _login =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly CancellationTokenSource _ended = new();
    private WireConnectionEvent? _closing;

    /// <summary>The event that told of the login.</summary>
    public Task<WireConnectionEvent> Login => _login.Task;

    /// <summary>The event that told why the link is about to be closed.</summary>
    public WireConnectionEvent? Closing => Volatile.Read(ref _closing);

    public void OnMessages(IReadOnlyList<WireMessage> messages) => host.OnMessages(messages);

    public void OnTopicEvents(IReadOnlyList<WireTopicEvent> events) => host.OnTopicEvents(events);

    public void OnStorageEvents(IReadOnlyList<WireStorageEvent> events) => host.OnStorageEvents(events);

    public void OnLockEvents(IReadOnlyList<WireLockEvent> events) => host.OnLockEvents(events);

    public void OnTokenEvents(IReadOnlyList<WireTokenEvent> events) => host.OnTokenEvents(events, _ended.Token);

    public void OnConnectionEvents(IReadOnlyList<WireConnectionEvent> events)
    {
        foreach (var one in events)
        {
            if (one.CloseCode is not null)
                Volatile.Write(ref _closing, one);
            else if (one.Dropped is { } dropped)
                host.Report(new ServerDroppedMessages(dropped));
            else if (one.State == (int)ConnectionState.Connected)
                _login.TrySetResult(one);
        }
    }

    /// <summary>The link has ended.</summary>
    public void Dispose() => _ended.Cancel();
}
