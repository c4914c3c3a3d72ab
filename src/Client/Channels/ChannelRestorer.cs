using ImOrleans.Client.Connections;
using ImOrleans.Client.Wire;

namespace ImOrleans.Client;

/// <summary>Makes the calls that restore a session over a new link, and reports what is refused.</summary>
internal sealed class ChannelRestorer(
    ILink link, RtmClientOptions options, Action<RestoreFailed> report, CancellationToken cancellation)
{
    /// <summary>
    /// How often something that may succeed later is tried; with the waits below, some six seconds in all.
    /// </summary>
    private const int AttemptsMax = 6;

    /// <summary>Rates are waited for much longer, but not for ever.</summary>
    private const int RateWaitsMax = 1000;

    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(200);

    public CancellationToken Cancellation => cancellation;

    public void Report(string channel, string? topic, IReadOnlyList<string> users, Exception why) =>
        report(new(channel, topic, users, why));

    public void ReportState(string channel, ChannelType type, Exception why) =>
        report(new(channel, null, [], why) { IsMessageChannel = type == ChannelType.Message });

    public void ReportMessageChannel(string channel, Exception why) =>
        report(new(channel, null, [], why) { IsMessageChannel = true });

    /// <summary>The server's last word on a call.</summary>
    public async Task<WireReply> CallAsync(string method, object request)
    {
        var (attempt, rateWaits, wait) = (1, 0, FirstWait);
        while (true)
        {
            var reply = await link.CallAsync(method, request)
                .WaitAsync(options.AnswerTimeout, options.TimeProvider, cancellation).ConfigureAwait(false);
            if (reply.IsDone || !reply.Retryable)
                return reply;
            if (reply.RetryAfterMs is { } rateWait && rateWaits++ < RateWaitsMax)
            {
                await DelayAsync(TimeSpan.FromMilliseconds(rateWait)).ConfigureAwait(false);
                continue;
            }

            if (attempt++ == AttemptsMax)
                return reply;
            await DelayAsync(wait).ConfigureAwait(false);
            wait *= 2;
        }
    }

    /// <summary>Waits, unless the link ends meanwhile.</summary>
    private async Task DelayAsync(TimeSpan wait)
    {
        using var done = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var delay = Task.Delay(wait, options.TimeProvider, done.Token);
        await Task.WhenAny(delay, link.Closed).ConfigureAwait(false);
        await done.CancelAsync().ConfigureAwait(false);
        cancellation.ThrowIfCancellationRequested();
        if (link.Closed.IsCompleted)
            throw new LinkLostException("The connection ended while it was restored.");
    }
}
