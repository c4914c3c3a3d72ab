using System.Collections.Immutable;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Grains.Abstractions.Gateways;

namespace ImOrleans.Grains.Gateways;

/// <summary>What a silo has seen of the leases, and how much of the past it could see at all.</summary>
/// <remarks>
/// <para>Silence is counted in watched time. Watched time goes on from one successful reading to the next, when none
/// failed between them, and by at most two periods a step: a silo that was frozen, or could not reach the leases, has
/// not seen anybody be silent.</para>
/// <para>Immutable, so that grains on any thread ask it while the next one is made.</para>
/// </remarks>
internal sealed class LeaseView
{
    // Twelve readings a minute at the default period: some five minutes, ten times a lease.
    private const int ReadingsMax = 64;

    private readonly ImmutableArray<Reading> _readings;
    private readonly ImmutableDictionary<GatewayId, Seen> _seen;
    private readonly bool _isBlind;

    private LeaseView(ImmutableArray<Reading> readings, ImmutableDictionary<GatewayId, Seen> seen, bool isBlind)
    {
        _readings = readings;
        _seen = seen;
        _isBlind = isBlind;
    }

    /// <summary>Before the first reading: nobody is dead.</summary>
    public static LeaseView Empty { get; } = new([], ImmutableDictionary<GatewayId, Seen>.Empty, false);

    /// <summary>A reading failed: time up to the next good one is not watched.</summary>
    public LeaseView Fail() => new(_readings, _seen, true);

    /// <summary>Takes a reading in.</summary>
    /// <param name="leases">What was read.</param>
    /// <param name="now">When, as a timestamp of the clock.</param>
    /// <param name="clock">Whose timestamps these are.</param>
    /// <param name="options">The periods.</param>
    public LeaseView Read(
        ImmutableArray<GatewayLease> leases,
        long now,
        TimeProvider clock,
        GatewayLeaseOptions options)
    {
        var watched = Watched + (_isBlind || _readings.IsEmpty
            ? TimeSpan.Zero
            : Shorter(clock.GetElapsedTime(_readings[^1].At, now), options.PollPeriod * 2));
        var seen = _seen.ToBuilder();
        foreach (var lease in leases)
        {
            var isKnown = seen.TryGetValue(lease.Gateway, out var before);
            if (!isKnown || before.Renewals != lease.Renewals || before.IsReleased != lease.IsReleased)
                seen[lease.Gateway] = new(lease.Renewals, watched, (isKnown && before.IsReleased) || lease.IsReleased);
        }

        // What did not move for long is told by the grain's own timestamp as well as by ours.
        foreach (var (gateway, entry) in _seen)
            if (watched - entry.MovedAt > options.LeaseDuration * 10)
                seen.Remove(gateway);
        var readings = _readings.Length < ReadingsMax ? _readings : _readings.RemoveAt(0);
        return new(readings.Add(new(now, watched)), seen.ToImmutable(), false);
    }

    /// <inheritdoc cref="IGatewayLeases.IsDead" />
    public bool IsDead(GatewayId gateway, long since, TimeProvider clock, TimeSpan leaseDuration)
    {
        var from = WatchedAt(since, clock);
        if (_seen.TryGetValue(gateway, out var seen))
        {
            if (seen.IsReleased)
                return true;
            if (seen.MovedAt > from)
                from = seen.MovedAt;
        }

        return Watched - from >= leaseDuration;
    }

    /// <summary>Those that this view holds for dead and an earlier one did not, by silence alone.</summary>
    public IEnumerable<GatewayId> ExpiredSince(LeaseView earlier, TimeSpan leaseDuration) =>
        from entry in _seen
        where !entry.Value.IsReleased && Watched - entry.Value.MovedAt >= leaseDuration
        where earlier._seen.TryGetValue(entry.Key, out var before) && earlier.Watched - before.MovedAt < leaseDuration
        select entry.Key;

    private TimeSpan Watched => _readings.IsEmpty ? TimeSpan.Zero : _readings[^1].Watched;

    /// <summary>How much had been watched at a moment.</summary>
    private TimeSpan WatchedAt(long timestamp, TimeProvider clock)
    {
        for (var i = _readings.Length - 1; i >= 0; i--)
        {
            if (_readings[i].At > timestamp)
                continue;
            var next = i + 1 < _readings.Length ? _readings[i + 1].Watched : _readings[i].Watched;
            return Shorter(_readings[i].Watched + clock.GetElapsedTime(_readings[i].At, timestamp), next);
        }

        return _readings.IsEmpty ? TimeSpan.Zero : _readings[0].Watched;
    }

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private readonly record struct Reading(long At, TimeSpan Watched);

    private readonly record struct Seen(long Renewals, TimeSpan MovedAt, bool IsReleased);
}
