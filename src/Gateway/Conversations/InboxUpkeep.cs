using System.Collections.Immutable;
using ImOrleans.Domain.Conversations;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Gateway.Diagnostics;
using ImOrleans.Gateway.Routing;
using ImOrleans.Gateway.Sessions;
using ImOrleans.Grains.Abstractions.Inboxes;
using Microsoft.Extensions.Logging;

namespace ImOrleans.Gateway.Conversations;

/// <summary>
/// Compares now and then, for all sessions to which messages are pushed, what they could have had with what the store has: so
/// that even the last message of a conversation is found when it was not passed on.
/// </summary>
/// <remarks>
/// A message may be stored and on its way, so who does not agree is asked about once more, a second later.
/// <b>Cost:</b> a call for each 1,000 users, and as many again of those that do not agree.
/// </remarks>
internal sealed partial class InboxUpkeep(
    GatewayIdentity identity, SessionLifecycle lifecycle, IGrainFactory grains, TimeProvider clock,
    ILogger<InboxUpkeep> logger) : IDisposable
{
    /// <summary>The time between two checks, and so the longest that a message is missed. <b>Source:</b> row X2.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(30);

    /// <summary>What is on its way arrives within this time, or is taken for lost.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stopping = new();
    private Task _checking = Task.CompletedTask;

    /// <summary>Begins.</summary>
    public void Start() => _checking = CheckAlwaysAsync();

    /// <summary>Ends.</summary>
    public async Task StopAsync()
    {
        Cancel();
        await _checking;
    }

    /// <inheritdoc />
    public void Dispose() => _stopping.Dispose();

    /// <summary>What is cancelled ends on its own scheduler; nothing runs in here.</summary>
    private void Cancel() => _stopping.Cancel();

    private async Task CheckAlwaysAsync()
    {
        using var timer = new PeriodicTimer(Period, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token))
                await CheckAsync();
        }
        catch (OperationCanceledException)
        {
            // The gateway stops.
        }
    }

    private async Task CheckAsync()
    {
        try
        {
            var suspects = (await CompareAsync(lifecycle.All))
                .Where(one => !one.Session.Inbox.Agrees(one.Counted, one.Stored)).Select(one => one.Session).ToArray();
            if (suspects.Length == 0)
                return;
            await Task.Delay(Grace, clock, _stopping.Token);
            var behind = (await CompareAsync(suspects))
                .Where(one => one.Session.Inbox.DisturbUnlessAgrees(one.Counted, one.Stored)).ToArray();
            foreach (var one in behind)
                one.Session.Outbox.Post(new ConversationNoticeEvent(null, one.Session.User));
            if (behind.Length > 0)
                LogBehind(logger, behind.Length);
        }
        catch (Exception failure) when (failure is not (OperationCanceledException or OutOfMemoryException))
        {
            LogNotChecked(logger, failure);
        }
    }

    /// <summary>What sessions counted before the store was asked, and what it said.</summary>
    private async Task<List<(Session Session, InboxTotal Counted, long Stored)>> CompareAsync(IEnumerable<Session> sessions)
    {
        var counted = sessions.Select(session => (Session: session, session.Inbox.Total))
            .Where(one => one.Total is not null).ToArray();
        var stored = new Dictionary<UserId, long>();
        var grain = grains.GetGrain<IInboxTotalsGrain>(GrainKey.InboxTotals(identity.Id));
        foreach (var users in counted.Select(one => one.Session.User).Distinct().Chunk(ConversationLimits.PageMessagesMax))
        {
            var totals = await grain.ReadTotalsAsync(ImmutableArray.Create(users));
            if (!totals.IsAccepted)
                throw new InvalidOperationException($"The totals were not told: {totals.Refusal}.");
            foreach (var (user, total) in users.Zip(totals.Value))
                stored[user] = total;
        }

        return [.. counted.Select(one => (one.Session, one.Total!.Value, stored[one.Session.User]))];
    }

    [LoggerMessage(EventId = LogEventIds.InboxesBehind, Level = LogLevel.Warning,
        Message = "{Sessions} sessions were not passed on what is stored; they are told to pull")]
    private static partial void LogBehind(ILogger logger, int sessions);

    [LoggerMessage(EventId = LogEventIds.InboxesNotChecked, Level = LogLevel.Warning,
        Message = "What sessions were passed on could not be compared with what is stored")]
    private static partial void LogNotChecked(ILogger logger, Exception failure);
}
