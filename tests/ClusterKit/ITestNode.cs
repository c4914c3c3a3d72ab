namespace ImOrleans.ClusterKit;

/// <summary>One silo, and what host code beside it can do.</summary>
public interface ITestNode
{
    /// <summary>A silo is out of the cluster, as this one hears of it; in the parsable form of its address.</summary>
    event Action<string>? SiloLeft;

    /// <summary>The address in its parsable form.</summary>
    string Address { get; }

    /// <summary>The services of this silo's host.</summary>
    IServiceProvider Services { get; }

    /// <summary>Calls grains and makes observers, as host code.</summary>
    IGrainFactory Grains { get; }

    /// <summary>Leaves in order: grains end by their hooks, and come back elsewhere.</summary>
    Task StopAsync();

    /// <summary>Dies: no hook runs.</summary>
    Task KillAsync();
}
