namespace ImOrleans.Conformance.Tests;

/// <summary>Facts that leave the shared cluster as it was.</summary>
[Collection(SharedClusterGroup.Name)]
public abstract class SharedFacts(SharedCluster shared) : ClusterFacts
{
    protected override ITestCluster Cluster => shared.Cluster;
}
