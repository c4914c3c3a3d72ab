using ImOrleans.Client.Wire;
using Microsoft.Extensions.Logging;

namespace ImOrleans.Client.Connections;

/// <summary>
/// Connects, and connects again when the link is lost. A new link is offered to calls only after everything that the
/// app had was restored over it.
/// </summary>
internal sealed partial class ConnectionKeeper(
    RtmClientOptions options, ILinkFactory links, CallQueue calls, IConnectionHost host, Random random, ILogger logger)
    : IAsyncDisposable
{
    /// <summary>From here on a close code says not to come back (PROTOCOL.md, section 12).</summary>
    private const int FatalCloseCodeMin = 3500;

    /// <summary>How long calls under way and the logout may take before the link is cut.</summary>
    private static readonly TimeSpan LogoutTimeout = TimeSpan.FromSeconds(3);

    private readonly SemaphoreSlim _gate = new(1);
    private CancellationTokenSource _stop = new();
    private Task _keeping = Task.CompletedTask;
    private OpenLink? _current;
    private SessionTicket _ticket = SessionTicket.New;
    private int _state = (int)ConnectionState.Disconnected;
    private bool _disposed;

    private sealed record OpenLink(ILink Link, LinkWatch Watch, WireConnectionEvent Login)
    {
        public async Task EndAsync()
        {
            Watch.Dispose();
            await Link.DisposeAsync().ConfigureAwait(false);
        }
    }

    public ConnectionState State => (ConnectionState)Volatile.Read(ref _state);

    private TimeProvider Clock => options.TimeProvider;

    public async Task ConnectAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, typeof(RtmClient));
            if (State is ConnectionState.Connected or ConnectionState.Reconnecting)
                return;
            await _keeping.ConfigureAwait(false);
            _stop = new();
            _ticket = SessionTicket.New;
            Set(new(ConnectionState.Connecting, ConnectionReasons.None, "Connecting."));
            OpenLink opened;
            try
            {
                opened = await OpenAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (Exception failure)
            {
                SetRefused(failure);
                throw;
            }

            SetConnected(opened);
            _keeping = KeepAsync(opened, _stop.Token);
        }
        finally
        {
            _gate.Release();
        }
    }

    public async Task DisconnectAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (State is ConnectionState.Disconnected)
                return;
            await _stop.CancelAsync().ConfigureAwait(false);
            await _keeping.ConfigureAwait(false);
            calls.Close(LoggedOut);
            if (_current is { } open)
            {
                await LogoutAsync(open.Link, cancellationToken).ConfigureAwait(false);
                await open.EndAsync().ConfigureAwait(false);
                _current = null;
                await calls.DrainAsync().ConfigureAwait(false);
            }

            host.OnEnded(null);
            Set(new(ConnectionState.Disconnected, ConnectionReasons.Logout, "Logged out."));
        }
        finally
        {
            _gate.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        // Whoever connects at this moment ends first; it is bounded by its own timeout.
        await _stop.CancelAsync().ConfigureAwait(false);
        await DisconnectAsync(CancellationToken.None).ConfigureAwait(false);
        await _gate.WaitAsync().ConfigureAwait(false);
        try
        {
            _disposed = true;
            calls.Close(LoggedOut);
            host.OnEnded(null);
        }
        finally
        {
            _gate.Release();
        }
    }

    private static RtmException LoggedOut() =>
        RtmException.Of(RtmErrorCodes.NotLogin, "The client is disconnected: call ConnectAsync first.");

    /// <summary>
    /// Whether trying again by itself can help. A token that has expired is replaced at the next attempt.
    /// </summary>
    private static bool IsFatal(Exception failure) =>
        failure is RtmException { Retryable: false, Code: not RtmErrorCodes.TokenExpired };

    /// <summary>Lets what was sent come to its end, then says good-bye. The server does without, if it must.</summary>
    private async Task LogoutAsync(ILink link, CancellationToken cancellationToken)
    {
        try
        {
            await calls.DrainAsync().WaitAsync(LogoutTimeout, Clock, cancellationToken).ConfigureAwait(false);
            await link.CallAsync("Logout", null).WaitAsync(LogoutTimeout, Clock, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception gone) when (gone is LinkLostException or TimeoutException or OperationCanceledException)
        {
            LogLogoutUnanswered(gone);
        }
    }

    private async Task KeepAsync(OpenLink open, CancellationToken stop)
    {
        try
        {
            await KeepUntilItEndsAsync(open, stop).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // A defect of the transport must not leave a client that waits for ever.
        catch (Exception unexpected)
#pragma warning restore CA1031
        {
            Fail(RtmException.Of(RtmErrorCodes.NotConnected, "The connection was lost for good.", inner: unexpected), null);
        }
    }

    private async Task KeepUntilItEndsAsync(OpenLink open, CancellationToken stop)
    {
        while (true)
        {
            await open.Link.Closed.WaitAsync(stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stop.IsCancellationRequested)
                return;
            // Nothing may be in the air when what is to be restored is looked at.
            calls.Suspend();
            _current = null;
            await open.EndAsync().ConfigureAwait(false);
            await calls.DrainAsync().ConfigureAwait(false);
            var closing = open.Watch.Closing;
            // Who does not know what the session has begins a new one, where everything is asked for again.
            _ticket = calls.TakeUnsettled() ? SessionTicket.New : open.Watch.NextTicket();
            LogLost(closing?.CloseCode, closing?.Message);
            if (closing is { CloseCode: >= FatalCloseCodeMin })
            {
                Fail(Closed(closing), closing);
                return;
            }

            if (await ReconnectAsync(closing, stop).ConfigureAwait(false) is not { } next)
                return;
            open = next;
            SetConnected(open);
        }
    }

    /// <summary>A new link with everything restored; null when it is over.</summary>
    private async Task<OpenLink?> ReconnectAsync(WireConnectionEvent? closing, CancellationToken stop)
    {
        Exception? error = null;
        for (var attempt = 1; ; attempt++)
        {
            if (attempt > options.Reconnect.AttemptsMax)
            {
                Fail(
                    RtmException.Of(RtmErrorCodes.NotConnected, "The connection was lost for good.", inner: error),
                    closing);
                return null;
            }

            var delay = closing?.ReconnectAfterMs is { } asked
                ? TimeSpan.FromMilliseconds(Math.Clamp(asked, 0, options.Reconnect.DelayMax.TotalMilliseconds))
                : options.Reconnect.DelayBefore(attempt, random.NextDouble());
            Set(new(
                ConnectionState.Reconnecting,
                closing?.Reason ?? ConnectionReasons.Interrupted,
                closing?.Message ?? "The connection was lost.")
            {
                CloseCode = closing?.CloseCode, Attempt = attempt, RetryIn = delay, Error = error,
            });
            await Task.Delay(delay, Clock, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stop.IsCancellationRequested)
                return null;

            (var opened, closing, error) = await TryAsync(stop).ConfigureAwait(false);
            if (opened is not null)
                return opened;
            if (stop.IsCancellationRequested)
                return null;
            LogAttemptFailed(attempt, error);
            if (error is not null && IsFatal(error))
            {
                Fail((RtmException)error, closing);
                return null;
            }
        }
    }

    /// <summary>One attempt: a link with everything restored, or why not.</summary>
    private async Task<(OpenLink? Link, WireConnectionEvent? Closing, Exception? Error)> TryAsync(CancellationToken stop)
    {
        OpenLink? opened = null;
        try
        {
            opened = await OpenAsync(stop).ConfigureAwait(false);
            // A server that kept the session has everything still.
            if (!opened.Login.Resumed)
                await host.RestoreAsync(opened.Link, stop).ConfigureAwait(false);
            else if (opened.Login.Lost)
                await host.CatchUpAsync(opened.Link, stop).ConfigureAwait(false);
            return (opened, null, null);
        }
#pragma warning disable CA1031 // Whatever stands in the way of one attempt, the token provider of the app included.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            if (opened is null)
                return (null, null, failure);
            await opened.EndAsync().ConfigureAwait(false);
            _ticket = SessionTicket.New; // Some of it may be restored.
            var closing = opened.Watch.Closing;
            return (null, closing, closing is { CloseCode: >= FatalCloseCodeMin } ? Closed(closing) : failure);
        }
    }

    private async Task<OpenLink> OpenAsync(CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(options.ConnectTimeout, Clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken, _stop.Token);
        ILink? link = null;
        var watch = new LinkWatch(host, _ticket, Clock);
        try
        {
            var token = await options.TokenProvider(both.Token).AsTask().WaitAsync(both.Token).ConfigureAwait(false);
            link = await links.OpenAsync(token, _ticket, watch, both.Token).ConfigureAwait(false);
            watch.ConfirmOver(link);
            await Task.WhenAny(watch.Login, link.Closed).WaitAsync(both.Token).ConfigureAwait(false);
            if (watch.Login.IsCompletedSuccessfully)
                return new(link, watch, await watch.Login.ConfigureAwait(false));
            throw Closed(watch.Closing);
        }
        catch (Exception failure)
        {
            watch.Dispose();
            if (link is not null)
                await link.DisposeAsync().ConfigureAwait(false);
            _ticket = watch.NextTicket();
            if (failure is OperationCanceledException && timeout.IsCancellationRequested
                && !cancellationToken.IsCancellationRequested)
            {
                throw RtmException.Of(
                    RtmErrorCodes.LoginTimeout, $"No login within {options.ConnectTimeout}.", retryable: true);
            }

            throw;
        }
    }

    /// <summary>The exception that tells why the server closed the link.</summary>
    private static RtmException Closed(WireConnectionEvent? closing)
    {
        var fatal = closing is { CloseCode: >= FatalCloseCodeMin };
        var code = closing switch
        {
            { Reason: ConnectionReasons.TokenExpired } => RtmErrorCodes.TokenExpired,
            { ErrorCode: { } refusal } => refusal,
            { CloseCode: 3002 } => RtmErrorCodes.LoginTimeout,
            _ => fatal ? RtmErrorCodes.NotLogin : RtmErrorCodes.NotConnected,
        };
        return new(
            code, RtmErrorCodes.NameOf(code), closing?.Message ?? "The connection was lost.", retryable: !fatal)
        {
            CloseCode = closing?.CloseCode,
        };
    }

    private void SetConnected(OpenLink open)
    {
        _current = open;
        Set(new(ConnectionState.Connected, open.Login.Reason, open.Login.Message ?? "Connected.")
        {
            Resumed = open.Login.Resumed,
            PreviousCloseCode = open.Login.PreviousCloseCode,
            Lost = open.Login is { Resumed: true, Lost: true },
        });
        LogConnected();
        calls.Open(open.Link);
    }

    private void SetRefused(Exception failure) => Set(new(
        IsFatal(failure) ? ConnectionState.Failed : ConnectionState.Disconnected,
        IsFatal(failure) ? ConnectionReasons.RejectedByServer : ConnectionReasons.Interrupted,
        failure.Message)
    {
        CloseCode = (failure as RtmException)?.CloseCode, Error = failure,
    });

    private void Fail(RtmException why, WireConnectionEvent? closing)
    {
        calls.Close(() => RtmException.Of(
            RtmErrorCodes.NotLogin, "The connection has failed: call ConnectAsync again.", inner: why));
        host.OnEnded(why);
        LogFailed(why);
        Set(new(ConnectionState.Failed, closing?.Reason ?? ConnectionReasons.RejectedByServer, closing?.Message ?? why.Message)
        {
            CloseCode = closing?.CloseCode, Error = why,
        });
    }

    private void Set(ConnectionStateChanged change)
    {
        Volatile.Write(ref _state, (int)change.State);
        host.Report(change);
    }
}
