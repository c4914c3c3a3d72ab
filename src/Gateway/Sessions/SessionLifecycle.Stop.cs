using ImOrleans.Domain.Errors;

namespace ImOrleans.Gateway.Sessions;

// How sessions go when their gateway stops.
internal sealed partial class SessionLifecycle
{
    private readonly TaskCompletionSource _hasDrained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _isStopping;
    private volatile bool _isDraining;

    /// <summary>
    /// Tells every client to come back elsewhere, and closes its connection; likewise those that still come.
    /// </summary>
    /// <param name="hasOthers">
    /// True when there are other gateways: sessions that can be resumed stay until one of them has fetched them, or
    /// <see cref="DrainedAsync"/> is over. Otherwise all end with their connections.
    /// </param>
    /// <returns>Completes when all connections have ended.</returns>
    public Task StopAsync(bool hasOthers = false)
    {
        (_isDraining, _isStopping) = (hasOthers, true);
        return Task.WhenAll(All.Select(session =>
        {
            SendElsewhere(session);
            return session.Connection?.EndedAsync() ?? Task.CompletedTask;
        }));
    }

    /// <summary>Completes when no session is left for another gateway to fetch, or after so long.</summary>
    public async Task DrainedAsync(TimeSpan patience)
    {
        if (!_isDraining || _sessions.IsEmpty)
            return;
        try
        {
            await _hasDrained.Task.WaitAsync(patience, clock);
        }
        catch (TimeoutException)
        {
            // Their clients do not come.
        }
    }

    private void NoteLeft()
    {
        if (_isDraining && _sessions.IsEmpty)
            _hasDrained.TrySetResult();
    }

    private void SendElsewhere(Session session)
    {
        if (_isDraining && session.Key is not null)
            session.SendAway(SentElsewhere(session));
        else
            Close(session, SentElsewhere(session));
    }

    private static ConnectionEvent SentElsewhere(Session session) =>
        new(ConnectionState.Disconnected, ConnectionReason.Interrupted, "The server stops.")
        {
            CloseCode = DisconnectCode.Shutdown,
            ReconnectAfter = ReconnectDelay.For(session.Id),
        };
}
