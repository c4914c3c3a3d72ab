namespace ImOrleans.Simulation.Tests;

/// <summary>What users do in a run.</summary>
internal enum SimulationFlow
{
    Topics,
    MessageChannels,
}
