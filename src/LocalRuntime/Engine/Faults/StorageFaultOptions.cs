namespace ImOrleans.LocalRuntime;

/// <summary>How often what happens to a storage operation. Rates are probabilities, from 0 to 1; all are 0 by default.</summary>
public sealed class StorageFaultOptions
{
    /// <summary>The part of the operations that fail without an effect.</summary>
    public double FailureRate { get; init; }

    /// <summary>The part of the writes and clears that take effect and fail nevertheless.</summary>
    public double UnknownOutcomeRate { get; init; }

    /// <summary>
    /// The part of the writes and clears that fail with
    /// <see cref="Orleans.Storage.InconsistentStateException"/> and without an effect.
    /// </summary>
    public double InconsistencyRate { get; init; }

    /// <summary>The part of the operations that take long.</summary>
    public double DelayRate { get; init; }

    /// <summary>How long at most, by the clock; the delay of each is drawn evenly. Default: 1 s.</summary>
    public TimeSpan MaxDelay { get; init; } = TimeSpan.FromSeconds(1);
}
