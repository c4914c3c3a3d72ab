namespace ImOrleans.Silo;

/// <summary>Whether a silo without a gateway does its part.</summary>
internal interface ISiloReadiness
{
    /// <summary>Why it does not; null when it does.</summary>
    string? Unready { get; }
}
