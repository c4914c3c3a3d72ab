using Microsoft.Extensions.Logging;

namespace ImOrleans.Client;

/// <summary>
/// Renews a token when the server warns that it is about to end: one renewal at a time for each token.
/// </summary>
internal sealed partial class TokenRenewer(RtmClientOptions options, Action<ClientEvent> report, ILogger logger)
{
    /// <summary>
    /// The server warns 30 s ahead (PROTOCOL.md, section 2.4): attempts after 0, 1, 3, 7 and 15 s fit in.
    /// </summary>
    private const int AttemptsMax = 5;

    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(1);

    /// <summary>
    /// A token that is warned of sooner after the last renewal than this lives so shortly that every renewal would be
    /// followed by a warning at once: then half of its life is waited for.
    /// </summary>
    private static readonly TimeSpan ShortLife = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    // By channel: the renewal under way, and the warning that came meanwhile.
    private readonly Dictionary<string, Warning?> _busy = [];
    private readonly Dictionary<string, long> _renewedAt = [];

    private sealed record Warning(
        string? Channel, DateTimeOffset ExpiresAt, Func<CancellationToken, Task<DateTimeOffset>> Renew,
        CancellationToken Cancellation);

    private TimeProvider Clock => options.TimeProvider;

    /// <summary>Takes a warning.</summary>
    /// <param name="channel">The stream channel; null: the login.</param>
    /// <param name="expiresAt">When the token ends.</param>
    /// <param name="renew">Gets a new token and shows it to the server; when that one ends.</param>
    /// <param name="cancellationToken">Ends it all.</param>
    public void OnWillExpire(
        string? channel, DateTimeOffset expiresAt, Func<CancellationToken, Task<DateTimeOffset>> renew,
        CancellationToken cancellationToken)
    {
        var warning = new Warning(channel, expiresAt, renew, cancellationToken);
        lock (_lock)
        {
            if (!_busy.TryAdd(channel ?? "", null))
            {
                // Most likely about the new token: it can come with the answer to the renewal.
                _busy[channel ?? ""] = warning;
                return;
            }
        }

        _ = RenewAllAsync(warning);
    }

    private async Task RenewAllAsync(Warning first)
    {
        // Never on the thread that reads the connection.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        for (var warning = first; warning is not null;)
        {
            await RenewAsync(warning).ConfigureAwait(false);
            lock (_lock)
            {
                var next = _busy[warning.Channel ?? ""];
                if (next is null || next.ExpiresAt <= warning.ExpiresAt)
                    _busy.Remove(warning.Channel ?? "");
                else
                    _busy[warning.Channel ?? ""] = null;
                warning = next is null || next.ExpiresAt <= warning.ExpiresAt ? null : next;
            }
        }
    }

    private async Task RenewAsync(Warning warning)
    {
        var wait = FirstWaitFor(warning.Channel ?? "", warning.ExpiresAt);
        try
        {
            for (var attempt = 1; ; attempt++)
            {
                if (wait > TimeSpan.Zero)
                    await Task.Delay(wait, Clock, warning.Cancellation).ConfigureAwait(false);
                if (await TryAsync(warning, attempt < AttemptsMax).ConfigureAwait(false) || attempt == AttemptsMax)
                    return;
                wait = FirstWait * (1 << (attempt - 1));
            }
        }
        catch (OperationCanceledException) when (warning.Cancellation.IsCancellationRequested)
        {
            // The connection or the client has ended; the next connection has a fresh token anyway.
        }
    }

    private async Task<bool> TryAsync(Warning warning, bool mayRetry)
    {
        try
        {
            var end = await warning.Renew(warning.Cancellation).ConfigureAwait(false);
            lock (_lock)
            {
                // Only the recent ones matter, so that the book stays small whatever channels come and go.
                foreach (var (old, _) in _renewedAt.Where(one => Clock.GetElapsedTime(one.Value) >= ShortLife).ToList())
                    _renewedAt.Remove(old);
                _renewedAt[warning.Channel ?? ""] = Clock.GetTimestamp();
            }

            report(new TokenRenewed(warning.Channel, end));
            return true;
        }
#pragma warning disable CA1031 // The app's own provider may throw anything.
        catch (Exception failure) when (!warning.Cancellation.IsCancellationRequested)
#pragma warning restore CA1031
        {
            LogRenewalFailed(warning.Channel ?? "", failure);
            report(new TokenRenewalFailed(warning.Channel, failure, mayRetry));
            return false;
        }
    }

    private TimeSpan FirstWaitFor(string channel, DateTimeOffset expiresAt)
    {
        lock (_lock)
        {
            if (!_renewedAt.TryGetValue(channel, out var last) || Clock.GetElapsedTime(last) >= ShortLife)
                return TimeSpan.Zero;
        }

        var left = (expiresAt - Clock.GetUtcNow()) / 2;
        return left < FirstWait ? FirstWait : left;
    }

    [LoggerMessage(LogEventIds.RenewalFailed, LogLevel.Warning, "A token could not be renewed (channel: '{Channel}').")]
    private partial void LogRenewalFailed(string channel, Exception failure);
}
