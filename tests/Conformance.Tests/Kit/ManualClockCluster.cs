namespace ImOrleans.Conformance.Tests;

/// <summary>Two silos whose grains have a clock that the test moves.</summary>
public sealed class ManualClockCluster : IAsyncLifetime
{
    public ManualTimeProvider Clock { get; } = new();

    public ITestCluster Cluster { get; private set; } = null!;

    public async Task InitializeAsync() => Cluster = await TestCluster.StartAsync(Setup.Of(Clock));

    public async Task DisposeAsync() => await Cluster.DisposeAsync();
}
