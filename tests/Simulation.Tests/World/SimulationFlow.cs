namespace ImOrleans.Simulation.Tests;

/// <summary>What users do in a run.</summary>
internal enum SimulationFlow
{
    Topics,
    MessageChannels,

    /// <summary>They write metadata and contend for locks.</summary>
    SharedData,

    /// <summary>They write to each other.</summary>
    Conversations,
}
