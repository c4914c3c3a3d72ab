namespace ImOrleans.Conformance.Tests;

/// <summary>Two silos on the real clock, for the facts that leave both running.</summary>
public sealed class SharedCluster : IAsyncLifetime
{
    public ITestCluster Cluster { get; private set; } = null!;

    public async Task InitializeAsync() => Cluster = await TestCluster.StartAsync(Setup.Of());

    public async Task DisposeAsync() => await Cluster.DisposeAsync();
}
