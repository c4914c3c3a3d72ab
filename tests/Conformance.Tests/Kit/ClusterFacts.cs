namespace ImOrleans.Conformance.Tests;

/// <summary>What the facts about a cluster have in common.</summary>
public abstract class ClusterFacts
{
    /// <summary>Told apart from all other tests, for keys and gates.</summary>
    protected string Name { get; } = $"{Guid.NewGuid():N}";

    protected abstract ITestCluster Cluster { get; }

    protected ITestNode First => Cluster.Nodes[0];

    protected ITestNode Second => Cluster.Nodes[1];

    protected IGrainFactory Grains => First.Grains;

    /// <summary>A grain, called from the first silo, that lives on a given one.</summary>
    private protected Task<IGateGrain> GrainOnAsync(ITestNode node) => GrainOnAsync<IGateGrain>(node);

    /// <summary>A grain, called from the first silo, that lives on a given one.</summary>
    private protected async Task<T> GrainOnAsync<T>(ITestNode node)
        where T : IPlacedGrain
    {
        for (var i = 0; ; i++)
        {
            var grain = Grains.GetGrain<T>($"{Name}/{i}");
            if (await grain.Where().Guard() == node.Address)
                return grain;
        }
    }
}
