namespace ImOrleans.Gateway.Routing;

/// <summary>The time that one request has left: every request is answered inside 5 s (feature row R12).</summary>
internal readonly struct CallBudget(TimeProvider clock)
{
    /// <summary>Leaves half a second for the way to the client.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4.5);

    private readonly long _startedAt = clock.GetTimestamp();

    /// <summary>True when nothing is left.</summary>
    public bool IsSpent => clock.GetElapsedTime(_startedAt) >= Patience;

    /// <summary>Waits for <paramref name="work"/> as long as time is left.</summary>
    /// <exception cref="TimeoutException">Nothing is left; the work goes on, its outcome is unknown.</exception>
    public Task<T> WithinAsync<T>(Task<T> work)
    {
        if (work.IsCompleted)
            return work;
        var left = Patience - clock.GetElapsedTime(_startedAt);
        return work.WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, clock);
    }
}
