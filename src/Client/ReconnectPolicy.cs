namespace ImOrleans.Client;

/// <summary>
/// When a client that lost its connection tries again: before attempt n it waits a random time between zero and
/// <see cref="DelayBase"/> · 2ⁿ⁻¹, at most <see cref="DelayMax"/>.
/// </summary>
/// <remarks>
/// <b>Source:</b> 2, 4, 8 … s up to 2 min are the waits of RTM2's own clients (feature row R9). The full jitter, that
/// is, a uniform choice from zero on, spreads clients that lost their connection at the same moment best (AWS
/// Architecture Blog, "Exponential Backoff and Jitter"). A time that the server asks for (closeCode 3001) takes the
/// first wait's place.
/// </remarks>
public sealed record ReconnectPolicy
{
    /// <summary>No reconnection: a lost connection is a failed one.</summary>
    public static ReconnectPolicy None { get; } = new() { AttemptsMax = 0 };

    /// <summary>The bound of the first wait. Default 2 s; more than zero.</summary>
    public TimeSpan DelayBase { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The bound of every wait. Default 2 min; at least <see cref="DelayBase"/>.</summary>
    public TimeSpan DelayMax { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>After how many attempts in a row the client gives up. Default null: never.</summary>
    public int? AttemptsMax { get; init; }

    /// <summary>The wait before an attempt.</summary>
    /// <param name="attempt">From 1.</param>
    /// <param name="chance">At least 0, below 1.</param>
    internal TimeSpan DelayBefore(int attempt, double chance)
    {
        // 2^30 times the shortest sensible base is beyond every sensible bound.
        var bound = Math.Min(DelayMax.Ticks, DelayBase.Ticks * Math.Pow(2, Math.Min(attempt - 1, 30)));
        return TimeSpan.FromTicks((long)(bound * chance));
    }

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(DelayBase, TimeSpan.Zero, nameof(DelayBase));
        ArgumentOutOfRangeException.ThrowIfLessThan(DelayMax, DelayBase, nameof(DelayMax));
        if (AttemptsMax is { } attempts)
            ArgumentOutOfRangeException.ThrowIfNegative(attempts, nameof(AttemptsMax));
    }
}
