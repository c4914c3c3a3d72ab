namespace ImOrleans.Conformance.Tests;

/// <summary>The tests that share one cluster.</summary>
[CollectionDefinition(Name)]
public sealed class SharedClusterGroup : ICollectionFixture<SharedCluster>
{
    public const string Name = "shared cluster";
}
