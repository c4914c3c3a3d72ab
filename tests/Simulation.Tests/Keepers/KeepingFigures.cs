namespace ImOrleans.Simulation.Tests;

/// <summary>What became of metadata and locks in a run.</summary>
/// <param name="Changes">How many changes of metadata were stored.</param>
/// <param name="Grants">How often a lock was granted.</param>
/// <param name="Expirations">How often a lock ended though nobody had asked for that.</param>
/// <param name="Unknown">How many calls were answered as unknown.</param>
/// <param name="StoreFailures">How often the store failed, or was given up.</param>
/// <param name="Landed">How many writes landed after they had been given up.</param>
internal sealed record KeepingFigures(
    long Changes, long Grants, long Expirations, long Unknown, long StoreFailures, long Landed);
