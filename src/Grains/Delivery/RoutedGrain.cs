using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Grains.Abstractions.Delivery;
using Microsoft.Extensions.Logging;

namespace ImOrleans.Grains.Delivery;

/// <summary>
/// What the grains that deliver to gateways have in common: a <see cref="Fanout"/>, one alarm for all that is due
/// later, the sessions of lost gateways that wait for their clients, and the good-bye.
/// </summary>
/// <remarks>
/// State changes in turns that exclude each other only: requests, and the alarm, which does not interleave. Outboxes
/// run between them and change nothing but themselves.
/// </remarks>
public abstract class RoutedGrain(FanoutFactory fanouts, ILogger logger) : Grain
{
    // Longer than any pause between two alarms, shorter than the idle time after which an activation is collected.
    private static readonly TimeSpan StayAlive = TimeSpan.FromMinutes(5);

    private readonly AwaySessions _away = new();
    private IGrainTimer? _alarm;
    private DateTimeOffset _armedFor = DateTimeOffset.MaxValue;

    private protected Fanout Fanout { get; private set; } = null!;

    private protected TimeProvider Clock => fanouts.Clock;

    private protected string Key { get; private set; } = "";

    /// <inheritdoc />
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        Key = this.GetPrimaryKeyString();
        var silo = GrainContext.Address.SiloAddress?.ToParsableString() ?? RuntimeIdentity;
        Fanout = fanouts.Create(Key, silo, logger, () => WakeBy(DateTimeOffset.MinValue));
        _alarm = this.RegisterGrainTimer(
            OnAlarmAsync,
            new GrainTimerCreationOptions(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan));
        return Task.CompletedTask;
    }

    /// <inheritdoc />
    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _alarm?.Dispose();
        _alarm = null;
        if (Fanout is not null)
            await Fanout.CloseAsync();
    }

    /// <summary>Removes all sessions of a gateway that is lost, but for those that <see cref="TryKeepAway"/>.</summary>
    private protected abstract Task ForgetAsync(GatewayId gateway, GatewayLoss loss);

    /// <summary>Removes sessions whose gateway was lost and whose clients have not come back in time.</summary>
    private protected abstract Task EndAwayAsync(IReadOnlyList<SessionId> sessions);

    /// <summary>
    /// A session of a dead gateway stays as it is for so long, since its client may come back to another one; false when it
    /// has to go now.
    /// </summary>
    private protected bool TryKeepAway(SessionId session, GatewayLoss loss, TimeSpan? timeout)
    {
        if (loss != GatewayLoss.Dead || timeout is not { } stay)
            return false;
        var until = Clock.GetUtcNow() + stay;
        _away.Add(session, until);
        WakeBy(until);
        return true;
    }

    /// <summary>When <see cref="OnDueAsync"/> has something to do; null for never.</summary>
    private protected virtual DateTimeOffset? NextDue() => null;

    /// <summary>Does what is due.</summary>
    private protected virtual Task OnDueAsync(DateTimeOffset now) => Task.CompletedTask;

    /// <summary>Settles what is open, then lets a call about one session in, or says why not.</summary>
    private protected async ValueTask<Refusal?> AdmitAsync(
        RouteUpdate route, SessionId session, CallReach reach = CallReach.Session)
    {
        await SettleAsync();
        var refusal = Fanout.Admit(route, session, reach);
        if (refusal is null)
            _away.Remove(session);
        return refusal;
    }

    /// <summary>Lets a full registration in, or says why not, then settles what is open.</summary>
    private protected async ValueTask<Refusal?> AdmitAsync(RouteUpdate registration)
    {
        var refusal = Fanout.AdmitRegistration(registration);
        if (refusal is null)
            _away.Remove(registration.Gateway.Id);
        await SettleAsync();
        return refusal;
    }

    /// <summary>Makes the alarm ring by then, and soon enough to look at the leases.</summary>
    private protected void WakeBy(DateTimeOffset? due)
    {
        var now = Clock.GetUtcNow();
        var moment = now + fanouts.Options.LeaseCheckPeriod;
        if (due < moment)
            moment = due.Value < now ? now : due.Value;
        if (_alarm is null || moment >= _armedFor)
            return;
        _armedFor = moment;
        _alarm.Change(moment - now, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Lets go of the gateways that were lost since the last turn.</summary>
    private protected async Task SettleAsync()
    {
        while (Fanout.HasLost)
            foreach (var (gateway, loss) in Fanout.TakeLost())
                await ForgetAsync(gateway, loss);
    }

    private protected static DateTimeOffset? Earliest(DateTimeOffset? one, DateTimeOffset? other) =>
        one is null || other < one ? other : one;

    private async Task OnAlarmAsync(CancellationToken cancellationToken)
    {
        _armedFor = DateTimeOffset.MaxValue;
        try
        {
            Fanout.ExpireDead();
            await SettleAsync();
            if (_away.TakeDue(Clock.GetUtcNow()) is { Count: > 0 } gone)
                await EndAwayAsync(gone);
            await OnDueAsync(Clock.GetUtcNow());
        }
        finally
        {
            Fanout.Tidy();
            var due = Earliest(NextDue(), _away.NextDue());
            if (Fanout.HasOutboxes || due is not null)
            {
                DelayDeactivation(StayAlive);
                WakeBy(due);
            }
        }
    }
}
