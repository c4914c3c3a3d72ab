using ImOrleans.Grains.SharedData;

namespace ImOrleans.Simulation.Tests;

/// <summary>What was stored from a moment on, until the next version.</summary>
internal sealed record StoredVersion(SharedDataState State, long Moment);
