namespace ImOrleans.Simulation.Tests;

/// <summary>What the caller of a change was told.</summary>
internal enum Answer
{
    /// <summary>Nothing yet.</summary>
    Open,

    /// <summary>It is done.</summary>
    Accepted,

    /// <summary>It is not done, and never will be.</summary>
    Refused,

    /// <summary>It may be done, now or later.</summary>
    Unknown,
}
