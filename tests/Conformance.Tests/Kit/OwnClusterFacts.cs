namespace ImOrleans.Conformance.Tests;

/// <summary>Facts about silos that leave: a cluster of its own for each.</summary>
public abstract class OwnClusterFacts : ClusterFacts, IAsyncLifetime
{
    private ITestCluster _cluster = null!;

    protected override ITestCluster Cluster => _cluster;

    public async Task InitializeAsync() => _cluster = await TestCluster.StartAsync(Setup.Of());

    public async Task DisposeAsync() => await _cluster.DisposeAsync();
}
