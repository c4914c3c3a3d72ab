using System.Reflection;

namespace ImOrleans.ClusterKit;

/// <summary>What the silos of a test cluster are made of.</summary>
public sealed class ClusterSetup
{
    /// <summary>How many silos there are at first.</summary>
    public int Silos { get; init; } = 2;

    /// <summary>
    /// The clock of grains, their timers and their services; null for the real one. Calls have their time limits by the
    /// real clock on Orleans, and by this one on the Local runtime.
    /// </summary>
    public TimeProvider? Clock { get; init; }

    /// <summary>
    /// True to let calls and answers between silos overtake each other, as on Orleans; the Local runtime keeps their order
    /// otherwise.
    /// </summary>
    public bool IsUnordered { get; init; }

    /// <summary>Where the grain classes are. Orleans finds them by itself.</summary>
    public required IReadOnlyList<Assembly> Grains { get; init; }

    /// <summary>What else a silo gets.</summary>
    public Action<ISiloBuilder> Configure { get; init; } = static _ => { };

    /// <summary>
    /// When there is to be one more node, without grains, for host code that outlives the others: what it gets.
    /// </summary>
    public Action<ISiloBuilder>? ConfigureFront { get; init; }
}
