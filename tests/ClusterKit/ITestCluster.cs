namespace ImOrleans.ClusterKit;

/// <summary>A few silos in this process that a test starts, stops and kills.</summary>
public interface ITestCluster : IAsyncDisposable
{
    /// <summary>The silos that were not stopped or killed, in the order they were started.</summary>
    IReadOnlyList<ITestNode> Nodes { get; }

    /// <summary>The node without grains; null when the setup has none.</summary>
    ITestNode? Front { get; }

    /// <summary>Starts another silo; ends when all see it.</summary>
    Task<ITestNode> AddAsync();
}
