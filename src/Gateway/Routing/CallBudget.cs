namespace ImOrleans.Gateway.Routing;

/// <summary>
/// The time that one request has left: every request is answered inside 5 s, waits for earlier ones included (feature
/// row R12).
/// </summary>
internal readonly struct CallBudget(TimeProvider clock)
{
    /// <summary>Leaves half a second for the way to the client.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4.5);

    private readonly long _startedAt = clock.GetTimestamp();

    /// <summary>True when nothing is left.</summary>
    public bool IsSpent => clock.GetElapsedTime(_startedAt) >= Patience;

    /// <summary>Waits for an earlier call; false when no time is left for this one then.</summary>
    public async Task<bool> OutlastsAsync(Task earlier)
    {
        if (earlier.IsCompleted)
            return true;
        try
        {
            await earlier.WaitAsync(Left, clock);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    /// <summary>Waits for <paramref name="work"/> as long as time is left.</summary>
    /// <exception cref="TimeoutException">Nothing is left; the work goes on, its outcome is unknown.</exception>
    public Task<T> WithinAsync<T>(Task<T> work)
    {
        if (work.IsCompleted)
            return work;
        return work.WaitAsync(Left, clock);
    }

    private TimeSpan Left
    {
        get
        {
            var left = Patience - clock.GetElapsedTime(_startedAt);
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }
}
