namespace ImOrleans.Simulation.Tests;

/// <summary>What a run is made of beside its seed.</summary>
internal sealed class SimulationOptions
{
    /// <summary>What users do.</summary>
    public SimulationFlow Flow { get; init; }

    /// <summary>What every silo gets in addition: a planted bug.</summary>
    public Action<ISiloBuilder>? Plant { get; init; }

    /// <summary>True to keep every line of what happened.</summary>
    public bool KeepsLines { get; init; }
}
